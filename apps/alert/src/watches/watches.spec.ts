import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE, Settings, toIso, type DeviceState, type SystemAlarm, type WallEvent } from '#libs/contracts';
import { RegistryIndex } from '#libs/command';
import { pointOf, T0, warningOf } from '../../../../libs/alert/src/fakes/fixtures.js';
import { Watches } from './watches.js';

describe('what is watched over all points', () => {
  let now: number;
  let log: WallEvent[];
  let alarms: SystemAlarm[];
  let registry: RegistryIndex;
  const settings = Settings.parse({ outage: { points: 3, withinMinutes: 10 } });
  const watches = () =>
    new Watches({
      events: { ofType: (type, from) => Promise.resolve(log.filter((event) => event.type === type && event.at >= from)) },
      registry,
      settings: () => settings,
      clock: { now: () => now },
      raise: (raised) => void alarms.push(...raised),
    });
  const code = (n: number): string => `51322101000${n}`;
  const spoke = (n: number, state: DeviceState): WallEvent => {
    const event = {
      seq: log.length + 1,
      id: `e${log.length}`,
      type: 'device.state' as const,
      at: now,
      divisionCode: '513221',
      payload: { deviceId: `d${n}`, state, hazardPoint: code(n) },
    };
    log.push(event);
    return event;
  };
  beforeEach(() => {
    now = T0;
    log = [];
    alarms = [];
    registry = new RegistryIndex();
    for (const n of [1, 2, 3, 4])
      registry.putPoint(pointOf({ unifiedCode: code(n), name: `坡${n}`, ...(n === 4 ? { closed: true } : {}) }));
  });

  it('an outage stands after a restart as it stood before, and ends when the devices are back', async () => {
    const first = watches();
    for (const n of [1, 2, 3, 4]) {
      first.heard([spoke(n, 'offline')]);
      now += MINUTE;
    }
    expect(alarms).toMatchObject([{ code: 'outage:513221', standing: true, about: [code(1), code(2), code(3)] }]);
    const [before] = alarms.splice(0);
    now += 3 * 60 * MINUTE;
    const again = watches();
    await again.start([]);
    expect(alarms.splice(0)).toEqual([before]);
    again.heard([spoke(1, 'online')]);
    expect(alarms.splice(0)).toMatchObject([{ code: 'outage:513221', standing: false }]);
    await watches().start([]);
    expect(alarms.splice(0)).toEqual([]);
  });

  it('one that began more than a day ago is over, also for who starts later', async () => {
    const first = watches();
    for (const n of [1, 2, 3]) first.heard([spoke(n, 'offline')]);
    alarms.length = 0;
    now += DAY;
    await watches().start([]);
    expect(alarms).toEqual([]);
  });

  it('a message nobody ratified in time is an alarm until somebody does, after a restart too', async () => {
    const warning = warningOf({ hazardPoint: code(1) });
    const out = { ...warning.releases.public, state: 'published' as const, ratified: false, ratifyOverdue: true, ratifyBy: toIso(T0) };
    const overdue = { ...warning, releases: { ...warning.releases, public: out } };
    await watches().start([overdue]);
    expect(alarms.splice(0)).toMatchObject([{ code: `ratify-overdue:${warning.id}`, standing: true, owner: 'signer', level: 'red' }]);
    const running = watches();
    running.follow([overdue]);
    running.follow([overdue]);
    expect(alarms.splice(0)).toHaveLength(1);
    running.follow([{ ...overdue, releases: { ...overdue.releases, public: { ...out, ratified: true } } }]);
    expect(alarms).toMatchObject([{ code: `ratify-overdue:${warning.id}`, standing: false }]);
  });

  it('a confirmed warning nobody decided on in time is an alarm until somebody does', () => {
    const warning = warningOf({ hazardPoint: code(1) });
    const asked = (step: number) => ({
      ...warning,
      releases: {
        ...warning.releases,
        public: { ...warning.releases.public, asked: { what: 'decide' as const, level: 'red' as const, step, by: toIso(T0) } },
      },
    });
    const running = watches();
    running.follow([asked(0)]);
    expect(alarms).toEqual([]);
    running.follow([asked(1)]);
    running.follow([asked(2)]);
    expect(alarms.splice(0)).toMatchObject([{ code: `decide-overdue:${warning.id}`, standing: true, owner: 'signer', level: 'red' }]);
    running.follow([{ ...asked(2), state: 'closed' }]);
    expect(alarms).toMatchObject([{ code: `decide-overdue:${warning.id}`, standing: false }]);
  });
});
