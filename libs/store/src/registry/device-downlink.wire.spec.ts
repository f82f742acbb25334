import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceCommandStore, DeviceIntervalStore, DeviceKpiStore } from '#libs/command';
import { toIso, type DeviceCommand } from '#libs/contracts';
import { aCommand } from '../../../command/src/fakes/fake-downlink.js';
import { pgDeviceCommands } from './device-command.js';
import { pgDensified, pgDeviceIntervals } from './device-interval.js';
import { pgDeviceKpis } from './device-kpi.js';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgReadings } from '../reading/reading.js';

const at = Date.parse('2026-11-21T04:00:00Z');
const numbered = (msgid: number, over: Partial<DeviceCommand> = {}) => aCommand({ msgid: String(msgid), ...over });

describe('commands, intervals and counters in PostgreSQL', () => {
  let home: RecordsDatabase;
  let commands: DeviceCommandStore;
  let intervals: DeviceIntervalStore;
  let kpis: DeviceKpiStore;
  beforeAll(async () => {
    home = await recordsDatabase('device downlink');
    commands = pgDeviceCommands(home.db);
    intervals = pgDeviceIntervals(home.db);
    kpis = pgDeviceKpis(home.db);
  });
  afterAll(() => home?.close());

  it('keeps a command and its newest version, whichever arrives last', async () => {
    expect(await commands.lastMsgid()).toBe('');
    const queued = numbered(1_795_233_600_001);
    await commands.insert(queued, 'person');
    const sent: DeviceCommand = { ...queued, state: 'sent', version: 2, tries: [toIso(at)], tryCount: 1 };
    const done: DeviceCommand = { ...sent, state: 'succeeded', version: 3, answer: { at: toIso(at), ok: true, values: { state: '{}' } } };
    await commands.update(done, 'person');
    await commands.update(sent, 'person');
    expect(await commands.find(queued.msgid)).toEqual(done);
    await expect(commands.insert(queued, 'person')).rejects.toThrow();
    expect(await commands.find("1'; drop table command.device_command")).toBeUndefined();
  });

  it('answers what is open, the last number, and the history of one device newest first, page by page', async () => {
    for (const n of [2, 3, 4]) await commands.insert(numbered(1_795_233_600_000 + n, { deviceId: 'R2' }), 'person');
    await commands.update(numbered(1_795_233_600_003, { deviceId: 'R2', state: 'expired', version: 2 }), 'person');
    expect((await commands.open()).map(({ msgid }) => msgid)).toEqual(['1795233600002', '1795233600004']);
    expect(await commands.lastMsgid()).toBe('1795233600004');
    const first = await commands.list({ deviceId: 'R2', limit: 2 });
    const second = await commands.list({ deviceId: 'R2', limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ msgid }) => msgid.at(-1))).toEqual(['4', '3', '2']);
    expect(second.nextCursor).toBeNull();
    expect((await commands.list({ deviceId: 'R2', limit: 9, state: 'expired' })).items).toHaveLength(1);
  });

  it('keeps every interval, and the device shows the newest', async () => {
    await home.db.run(
      `insert into command.hazard_point (unified_code, division_code, name, kind, longitude, latitude, closed, record, version, created_at, updated_at)
       values ('P', '513221', 'p', 'landslide', 0, 0, false, '{}', 1, now(), now())`,
    );
    await home.db.run(
      `insert into command.device (device_id, hazard_point, division_code, profile, secret_hash, record, created_at)
       values ('R1', 'P', '513221', 'rain-gauge', 'h', '{"interval": 3600}', now())`,
    );
    const told = { deviceId: 'R1', validFrom: toIso(at), seconds: 60, cause: 'densified' as const, msgid: '1795233600001' };
    await intervals.put({ deviceId: 'R1', validFrom: toIso(at - 1000), seconds: 3600, cause: 'registered', msgid: null });
    await intervals.put(told);
    await intervals.put(told);
    expect((await intervals.history(['R1'])).map(({ seconds }) => seconds)).toEqual([3600, 60]);
    expect(await intervals.history(['nobody'])).toEqual([]);
    const divisions = await home.db.query('select distinct division_code, version from command.device_interval');
    expect(divisions).toEqual([{ division_code: '513221', version: 1 }]);
    const [device] = await home.db.query<{ interval: number }>(`select (record ->> 'interval')::integer as interval from command.device`);
    expect(device?.interval).toBe(60);
    await intervals.saveZeros('R1', [{ sensor: 'L1_LF_1', since: toIso(at) }]);
    expect(await home.db.query(`select record from command.device`)).toEqual([
      { record: { interval: 60, zeros: [{ sensor: 'L1_LF_1', since: toIso(at) }] } },
    ]);
    await expect(home.db.run('update command.device_interval set seconds = 1')).rejects.toThrow('append-only');
  });

  it('remembers dense devices until they have returned', async () => {
    const store = pgDensified(home.db);
    const dense = { deviceId: 'R1', hazardPoint: 'P', told: 'red' as const, msgid: '1', warning: 'W', calmSince: null, againAt: null };
    await store.save(dense);
    await store.save({ ...dense, calmSince: 5 });
    expect(await store.load()).toEqual([{ ...dense, calmSince: 5 }]);
    await store.remove('R1');
    expect(await store.load()).toEqual([]);
  });

  it('counts each reading once, whatever is repeated', async () => {
    const count = (samples: number, day = '2026-11-21', channel = 'L1_LF_1') => ({ deviceId: 'R1', channel, day, samples });
    const from = await kpis.countedTo();
    expect(await kpis.add([count(3), count(9, '2026-11-21', 'S1_ZT_1.temp')], from, 10)).toBe(true);
    // The answer was lost, the caller tries again.
    expect(await kpis.add([count(3)], from, 10)).toBe(true);
    expect(await kpis.add([count(3)], from, 12)).toBe(false);
    expect(await kpis.add([count(2), count(1, '2026-11-22')], 10, 13)).toBe(true);
    expect(await kpis.days(['R1', 'R2'], '2026-11-01', '2026-11-30')).toEqual([
      { deviceId: 'R1', day: '2026-11-21', samples: 5 },
      { deviceId: 'R1', day: '2026-11-22', samples: 1 },
    ]);
    expect(await kpis.days(['R1'], '2026-11-22', '2026-11-22')).toHaveLength(1);
  });

  it('finds what is not yet counted slice by slice, over the holes retention leaves', async () => {
    const readings = [1, 2, 9].map((seq) => ({
      seq,
      deviceId: 'R1',
      hazardPoint: 'P',
      channel: 'L1_LF_1',
      time: at + seq,
      value: 1,
      quality: [],
      receivedAt: at + seq,
    }));
    await pgReadings(home.db).commit({ readings, quarantine: [] });
    const slices = pgDeviceKpis(home.db, 3);
    const found: [number, number][] = [];
    for (let seq = 0; ;) {
      const { counts, to } = await slices.since(seq);
      if (to === seq) break;
      found.push([to, counts.reduce((sum, { samples }) => sum + samples, 0)]);
      seq = to;
    }
    expect(found).toEqual([
      [3, 2],
      [6, 0],
      [9, 1],
    ]);
  });

  it('counts commands that have ended', async () => {
    expect(await kpis.commands(['R1', 'R2'], at - 1, at + 1)).toEqual([
      { deviceId: 'R1', ended: 1, succeeded: 1 },
      { deviceId: 'R2', ended: 1, succeeded: 0 },
    ]);
    expect(await kpis.commands(['R1'], at + 1, at + 2)).toEqual([]);
  });
});
