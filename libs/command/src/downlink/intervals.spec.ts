import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND, toIso, type RegisteredDevice } from '#libs/contracts';
import { createDevice } from '../devices/devices.js';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { createPoint } from '../registry/points.js';
import { IntervalKeeper } from './intervals.js';

describe('the interval in force', () => {
  let context: FakeContext;
  let keeper: IntervalKeeper;
  let changed: number;
  const device = (): RegisteredDevice => context.registry.device('R1') as RegisteredDevice;
  const make = (): IntervalKeeper =>
    new IntervalKeeper({ store: context.store.deviceIntervals, registry: context.registry, bus: context.bus });

  beforeEach(async () => {
    context = fakeContext();
    const view = viewOf(context, fakeUser('wang', ['admin']));
    await createPoint(context, view, pointInput('513221010001', '513221'));
    await createDevice(context, view, {
      deviceId: 'R1',
      profile: 'rain-gauge',
      hazardPoint: '513221010001',
      synthetic: false,
      interval: 3600,
    });
    changed = 0;
    context.bus.listen('test', 'registry.changed', () => void (changed += 1));
    keeper = make();
    await keeper.load();
  });

  it('is the registered one until a device has acknowledged another', () => {
    expect(keeper.history(device())).toMatchObject([{ seconds: 3600, cause: 'registered', validFrom: device().createdAt }]);
    expect(keeper.usual(device())).toBe(3600);
  });

  it('measures silence by a shorter one from the first reading on, and by a longer one at once', async () => {
    const at = context.clock.now();
    await keeper.acknowledged(device(), 60, at, 'densified', '1');
    expect(keeper.told(device())).toBe(60);
    expect(device().interval).toBe(3600);
    await keeper.heard(['R2']);
    expect(device().interval).toBe(3600);
    await keeper.heard(['R1']);
    expect([device().interval, changed]).toEqual([60, 1]);
    await keeper.acknowledged(device(), 3600, at + MINUTE, 'returned', '2');
    expect([device().interval, changed]).toEqual([3600, 2]);
  });

  it('waits three of the new intervals for that reading, not longer', async () => {
    const at = context.clock.now();
    await keeper.acknowledged(device(), 60, at, 'densified', '1');
    await keeper.tick(at + 180 * SECOND - 1);
    expect(device().interval).toBe(3600);
    await keeper.tick(at + 180 * SECOND);
    expect(device().interval).toBe(60);
  });

  it('keeps the history over a restart, and the same acknowledgement once', async () => {
    const at = context.clock.now();
    await keeper.acknowledged(device(), 60, at, 'densified', '1');
    await keeper.acknowledged(device(), 60, at + 5, 'densified', '1');
    keeper = make();
    await keeper.load();
    expect(keeper.history(device()).map(({ seconds, validFrom, cause }) => [seconds, validFrom, cause])).toEqual([
      [3600, device().createdAt, 'registered'],
      [60, toIso(at), 'densified'],
    ]);
    expect([keeper.told(device()), keeper.usual(device())]).toEqual([60, 3600]);
  });

  it('returns to what a person set last', async () => {
    const at = context.clock.now();
    await keeper.acknowledged(device(), 1800, at, 'command', '1');
    await keeper.acknowledged(device(), 60, at + 1, 'densified', '2');
    expect(keeper.usual(device())).toBe(1800);
  });
});
