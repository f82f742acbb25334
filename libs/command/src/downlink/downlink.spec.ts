import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type DeviceCommand, type HazardPointCreate, type WallEvent, type WarningLevel } from '#libs/contracts';
import { warningOf } from '../../../alert/src/fakes/fixtures.js';
import { createDevice } from '../devices/devices.js';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { createPoint } from '../registry/points.js';
import { Downlink } from './downlink.js';

const code = '513221010001';
const drill = { wallStart: '2026-11-21T04:00:00Z', eventStart: '2026-11-21T04:00:00Z', speed: 1, deliver: 'simulator' as const };

describe('densification while a warning stands', () => {
  let context: FakeContext;

  const furnish = async (point: Partial<HazardPointCreate> = {}, synthetic = false): Promise<void> => {
    context = fakeContext();
    const view = viewOf(context, fakeUser('wang', ['admin']));
    await createPoint(context, view, pointInput(code, '513221', point));
    await createDevice(context, view, { deviceId: 'R1', profile: 'rain-gauge', hazardPoint: code, synthetic, interval: 3600 });
    await createDevice(context, view, {
      deviceId: 'R1-2',
      parent: 'R1',
      profile: 'rain-gauge',
      hazardPoint: code,
      synthetic,
      interval: 3600,
    });
    context.link.connect('R1');
    await context.down.start();
  };
  beforeEach(() => furnish());

  const event = (type: WallEvent['type'], payload: unknown): WallEvent => ({
    seq: 1,
    id: 'e',
    type,
    at: 0,
    divisionCode: '513221',
    payload,
  });
  const warn = async (level: WarningLevel, over: object = {}): Promise<void> => {
    const warning = warningOf({ id: 'W1', hazardPoint: code, level, state: 'confirmed', active: true, ...over });
    context.store.warningRows.splice(0, 9, warning);
    context.down.warned([event('warning.level', warning)]);
    await context.down.tick();
  };
  const pass = async (ms: number): Promise<void> => {
    context.clock.time += ms;
    await context.down.tick();
  };
  const all = (): DeviceCommand[] => [...context.store.deviceCommands.rows.values()];
  const last = (): DeviceCommand => all().at(-1) as DeviceCommand;
  const answer = (ok = true): Promise<void> =>
    context.down.replies(
      [{ deviceId: 'R1', command: last().command, msgid: last().msgid, ok, values: {}, form: 'national' }],
      context.clock.now(),
    );
  const uploads = (): unknown[] => all().map(({ parameters }) => parameters['uploadInterval']);

  it('goes up with the level, comes back after an hour of calm, and leaves the child to its collector', async () => {
    await warn('yellow');
    await answer();
    await warn('red');
    await answer();
    expect(uploads()).toEqual([240, 60]);
    expect(all().map(({ deviceId, by, warning, text }) => [deviceId, by, warning, text])).toEqual([
      ['R1', 'densify', 'W1', 'yellow'],
      ['R1', 'densify', 'W1', 'red'],
    ]);
    await warn('red', { active: false });
    await pass(HOUR - 1);
    expect(uploads()).toEqual([240, 60]);
    await pass(1);
    expect(uploads()).toEqual([240, 60, 3600]);
    await answer();
    expect(context.registry.device('R1')?.interval).toBe(3600);
    expect(context.store.densified.rows.size).toBe(0);
    await pass(HOUR);
    expect(all()).toHaveLength(3);
  });

  it('rises already while the rule waits for a second sample, and silence lowers nothing', async () => {
    context.down.warned([event('point.level', { hazardPoint: code, level: 'orange' })]);
    await context.down.tick();
    await answer();
    context.down.warned([event('point.level', { hazardPoint: code, level: 'unknown' })]);
    await pass(2 * HOUR);
    expect(uploads()).toEqual([120]);
  });

  it('stays dense when the level is back within the hour', async () => {
    await warn('red');
    await answer();
    context.down.warned([event('point.level', { hazardPoint: code, level: 'none' })]);
    await pass(59 * MINUTE);
    await warn('red');
    await pass(2 * HOUR);
    expect(uploads()).toEqual([60]);
  });

  it('repeats the return of a device that refuses until it has obeyed', async () => {
    await warn('red');
    await answer();
    await warn('red', { state: 'closed' });
    await pass(HOUR);
    await answer(false);
    await pass(9 * MINUTE);
    expect(uploads()).toEqual([60, 3600]);
    await pass(MINUTE);
    expect(uploads()).toEqual([60, 3600, 3600]);
    await answer();
    expect(context.store.densified.rows.size).toBe(0);
  });

  it('replaces what a sleeping device has not heard yet', async () => {
    context.link.listening.clear();
    await warn('blue');
    await warn('orange');
    expect(all().map(({ state, reason }) => [state, reason])).toEqual([
      ['cancelled', 'replaced'],
      ['queued', 'waits-for-device'],
    ]);
    context.link.connect('R1');
    await context.down.listening('R1');
    expect(context.link.sent.map(({ text }) => /upload_intv=(\d+)/.exec(text)?.[1])).toEqual(['2']);
  });

  it('goes on after a restart: what was told is known, what fell meanwhile comes back', async () => {
    await warn('red');
    await answer();
    context.store.warningRows.splice(0, 9);
    const again = new Downlink({
      ...context,
      settings: context.settings.current,
      link: context.link,
      codec: (await import('#devices')).commandCodec,
      logger: (await import('#libs/platform')).createLogger('silent'),
      count: () => undefined,
    });
    await again.start();
    await again.tick();
    context.clock.time += HOUR;
    await again.tick();
    expect(uploads()).toEqual([60, 3600]);
  });

  it('leaves a device to the person who set it meanwhile', async () => {
    await warn('red');
    await answer();
    const device = context.registry.device('R1');
    if (!device) throw new Error('no device');
    await context.downlink.order(
      device,
      { command: 'setsensortime', parameters: { uploadInterval: 600 } },
      { by: 'wang', writtenFor: 'person' },
    );
    await answer();
    await warn('red', { state: 'closed' });
    await pass(2 * HOUR);
    expect(uploads()).toEqual([60, 600]);
    expect(context.intervals.history(device).at(-1)).toMatchObject({ seconds: 600, cause: 'command' });
  });

  it('never changes a real instrument for an exercise, and always a synthetic one', async () => {
    await furnish({ drill });
    await warn('red');
    expect(all()).toEqual([]);
    await furnish({ drill }, true);
    await warn('red');
    expect(uploads()).toEqual([60]);
  });

  it('leaves a replay alone that runs faster than time, until it has caught up', async () => {
    await furnish({ drill: { ...drill, eventStart: '2026-11-21T03:00:00Z', speed: 61 } }, true);
    await warn('red');
    expect(all()).toEqual([]);
    await pass(MINUTE);
    expect(uploads()).toEqual([60]);
  });

  it('can be done by work mode', async () => {
    await context.settings.change({ downlink: { densify: 'work-mode' } }, 'wang');
    await warn('red');
    expect(last()).toMatchObject({ command: 'setworkmode', parameters: { mode: 'emergency' } });
    await answer();
    const device = context.registry.device('R1');
    if (!device) throw new Error('no device');
    expect(context.intervals.history(device).at(-1)).toMatchObject({ seconds: 60, cause: 'densified' });
  });

  it('keeps a zero that was set by command as an epoch of the device', async () => {
    const device = context.registry.device('R1');
    if (!device) throw new Error('no device');
    await context.downlink.order(
      device,
      { command: 'setInitial', parameters: { sensor: 'L3_YL_1' } },
      { by: 'wang', writtenFor: 'person' },
    );
    await answer();
    const epoch = [{ sensor: 'L3_YL_1', since: new Date(context.clock.now()).toISOString() }];
    expect([context.registry.device('R1')?.zeros, context.store.deviceIntervals.zeros.get('R1')]).toEqual([epoch, epoch]);
  });
});
