import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlapGuard } from './flap-guard.js';

const second = 1000;
/** Seconds in which the device got in, of `attempts` at these seconds. */
const admitted = (guard: FlapGuard, seconds: number[], interval = 60) =>
  seconds.filter((at) => guard.attempt('A', interval, at * second).may === 'connect');
const every = (gap: number, until: number, from = 0) => Array.from({ length: Math.floor((until - from) / gap) }, (_, n) => from + n * gap);

describe('flap guard', () => {
  it('refuses a device that connects every second, says so once, and lets it in when the ban ends', () => {
    const guard = new FlapGuard(30);
    expect(admitted(guard, every(1, 30))).toHaveLength(30);
    expect(guard.attempt('A', 60, 30 * second)).toEqual({ may: 'wait', until: 35 * second, begins: true });
    expect(guard.attempt('A', 60, 31 * second)).toEqual({ may: 'wait', until: 35 * second, begins: false });
    expect(guard.attempt('A', 60, 35 * second)).toEqual({ may: 'connect' });
    expect(guard.attempt('B', 60, 31 * second)).toEqual({ may: 'connect' });
  });

  it('bans for longer each time, at most two minutes, and forgets after ten quiet ones', () => {
    const guard = new FlapGuard(30);
    const bans: number[] = [];
    for (const at of every(0.5, 1200)) {
      const answer = guard.attempt('A', 60, at * second);
      if (answer.may === 'wait' && answer.begins) bans.push(answer.until / second - at);
    }
    expect(bans.slice(0, 7)).toEqual([5, 10, 20, 40, 80, 120, 120]);
    expect(admitted(guard, every(0.5, 2020, 2000))).toHaveLength(30);
    expect(guard.attempt('A', 60, 2019 * second)).toMatchObject({ until: 2020 * second });
  });

  it('never bans a device that sleeps, whatever its interval', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3600 }), fc.integer({ min: 0, max: 2000 }), (interval, jitter) => {
        const guard = new FlapGuard();
        for (let n = 0; n < 200; n += 1) {
          const now = n * interval * second + ((n * 7919) % (jitter + 1));
          expect(guard.attempt('A', interval, now).may).toBe('connect');
        }
      }),
    ));

  it('survives a clock that is set back', () => {
    const guard = new FlapGuard(30);
    for (const at of every(0.1, 5)) guard.attempt('A', 60, 1e9 + at * second);
    expect(guard.attempt('A', 60, 0).may).toBe('connect');
  });

  it('has no limit at 0', () => expect(admitted(new FlapGuard(0), every(0.001, 1))).toHaveLength(1000));
});
