import { describe, expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { noise } from '../../fakes/drive.js';
import { JointJumpDetector } from './joint-jump.js';

const gauss = noise(11);
const two = ['G1 displacement(L1_GP_1)', 'L1 L1_LF_1'] as const;

/** Two instruments, hourly; each jumps by so much at an hour. */
function judged(first: readonly [at: number, size: number], second: readonly [at: number, size: number], sources: readonly string[] = two) {
  const detector = new JointJumpDetector({ window: 24 * HOUR, together: 2 * HOUR, settle: 12 * HOUR, least: 4 });
  const values: number[] = [];
  for (let hour = 0; hour < 80; hour += 1) {
    for (const [at, [jumpAt, size]] of [first, second].entries())
      detector.feed(hour * HOUR, (hour < jumpAt ? 0 : size) + gauss() * (at === 0 ? 1 : 0.05), sources[at]);
    values.push(detector.value ?? Number.NaN);
  }
  return { detector, values };
}
const largest = (values: readonly number[]) => Math.max(...values);

describe('a joint jump', () => {
  it('is the smaller of two that two devices made at once, from four samples on until it has left the window', () => {
    const { values } = judged([30, 40], [31, -15]);
    const held = values.flatMap((value, hour) => (value > 0 ? [hour] : []));
    expect([held[0], held.at(-1)]).toEqual([34, 55]);
    expect(largest(values)).toBeGreaterThan(14);
    expect(largest(values)).toBeLessThan(16);
  });
  it('is none when only one jumps, or the other half a day later', () => {
    expect(largest(judged([30, 40], [200, 0]).values)).toBe(0);
    expect(largest(judged([30, 40], [42, 40]).values)).toBe(0);
  });
  it('is none when both hang on one device', () =>
    expect(largest(judged([30, 40], [30, 40], ['G1 displacement(L1_GP_1)', 'G1 L1_LF_1']).values)).toBe(0));
  it('says how many jumped, and is unknown before anything is heard', () => {
    expect(judged([60, 40], [60, 40]).detector.detail).toEqual({ instruments: 2 });
    const fresh = new JointJumpDetector({ window: HOUR, together: HOUR, settle: HOUR, least: 1 });
    expect([fresh.value, fresh.why]).toEqual([null, 'no-data']);
  });
  it('is not two that accelerate together', () => {
    const detector = new JointJumpDetector({ window: 24 * HOUR, together: 2 * HOUR, settle: 12 * HOUR, least: 4 });
    for (let hour = 0; hour < 120; hour += 1)
      for (const source of two) detector.feed(hour * HOUR, 400 / (121 - hour) + gauss() / 5, source);
    expect(detector.value).toBe(0);
  });
});
