import { expect, it } from 'vitest';
import { SeenReadings } from './seen.js';

const at = (time: number, deviceId = 'd', channel = 'c') => ({ deviceId, channel, time });

it('knows a reading again by device, channel and time, and by nothing less', () => {
  const seen = new SeenReadings();
  expect(seen.add(at(1))).toBe(true);
  expect(seen.add(at(1))).toBe(false);
  expect([seen.add(at(2)), seen.add(at(1, 'e')), seen.add(at(1, 'd', 'x'))]).toEqual([true, true, true]);
});

it('remembers at least one generation and at most two', () => {
  const seen = new SeenReadings(100);
  for (let time = 0; time < 250; time += 1) seen.add(at(time));
  for (let time = 150; time < 250; time += 1) expect(seen.add(at(time))).toBe(false);
  expect(seen.add(at(0))).toBe(true);
});
