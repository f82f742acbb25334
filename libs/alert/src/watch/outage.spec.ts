import type { DeviceState } from '#libs/contracts';
import { DAY, MINUTE, SECOND } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { T0 } from '../fakes/fixtures.js';
import { OutageWatch, type DeviceNews } from './outage.js';

const settings = { points: 3, withinMinutes: 10 };
const device = (n: number, state: DeviceState = 'offline', more: Partial<DeviceNews> = {}): DeviceNews => ({
  deviceId: `d${n}`,
  state,
  hazardPoint: `51322101000${n}`,
  pointName: `坡${n}`,
  divisionCode: '513221100',
  ...more,
});
/** Tells the watch of each at its second, and gives back what came of it. */
function run(...news: (readonly [second: number, DeviceNews])[]) {
  const watch = new OutageWatch();
  const alarms = news.flatMap(([second, one]) => watch.heard([one], T0 + second * SECOND, settings));
  return { watch, alarms, said: alarms.map(({ standing, about }) => (standing ? (about?.length ?? 0) : 'end')) };
}

describe('an outage', () => {
  it('is one alarm of a county that names its points, owned and with an end', () => {
    const { alarms } = run([0, device(1)], [60, device(2)], [120, device(3)]);
    expect(alarms).toEqual([
      expect.objectContaining({
        code: 'outage:513221',
        standing: true,
        owner: 'duty',
        until: new Date(T0 + 120 * SECOND + DAY).toISOString(),
        about: ['513221010001', '513221010002', '513221010003'],
      }),
    ]);
    expect(alarms[0]?.text.zh).toContain('坡1、坡2、坡3');
  });

  it('is none of points that fall silent one by one, of one point’s instruments, or of several counties', () => {
    expect(run([0, device(1)], [700, device(2)], [1400, device(3)]).said).toEqual([]);
    const point = { hazardPoint: '513221010001' };
    expect(run([0, device(1, 'offline', point)], [1, device(2, 'offline', point)], [2, device(3, 'offline', point)]).said).toEqual([]);
    expect(run([0, device(1)], [1, device(2)], [2, device(3, 'offline', { divisionCode: '513222' })]).said).toEqual([]);
    expect(run([0, device(1, 'stale')], [1, device(2, 'maintenance')], [2, device(3, 'unknown')]).said).toEqual([]);
  });

  it('grows, and ends when they are back', () => {
    const { said } = run(
      [0, device(1)],
      [1, device(2)],
      [2, device(3)],
      [3, device(4)],
      [90, device(1, 'online')],
      [99, device(2, 'online')],
    );
    expect(said).toEqual([3, 4, 3, 'end']);
  });

  it('counts a collector, not its children, whichever is noticed first', () => {
    const child = (n: number) => device(n, 'offline', { parent: 'd9' });
    expect(run([0, child(1)], [0, device(9)], [1, child(2)], [2, child(3)]).said).toEqual([]);
    expect(run([0, device(9)], [1, child(1)], [2, device(2)], [3, device(3)]).said).toEqual([3]);
  });

  it('has an end also when nothing comes back, and what stayed silent makes no new one', () => {
    const { watch } = run([0, device(1)], [1, device(2)], [2, device(3)]);
    expect(watch.tick(T0 + DAY - MINUTE)).toEqual([]);
    expect(watch.tick(T0 + DAY + MINUTE)).toEqual([expect.objectContaining({ code: 'outage:513221', standing: false })]);
    expect(watch.tick(T0 + DAY + 2 * MINUTE)).toEqual([]);
    expect(watch.heard([device(4)], T0 + DAY + 3 * MINUTE, settings)).toEqual([]);
  });
});
