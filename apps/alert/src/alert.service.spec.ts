import type { HazardPoint, PointDecision, PointLevel, RegisteredDevice, RegistryView, Silence, SystemAlarm, User } from '#libs/contracts';
import { HazardPoint as HazardPointSchema, HOUR, Problem, Settings } from '#libs/contracts';
import { createLogger, Health } from '#libs/platform';
import type { Judgement } from '#libs/stream';
import { afterEach, describe, expect, it } from 'vitest';
import { AlertService } from './alert.service.js';
import { MemoryStore } from './fakes/memory-store.js';

const code = '513221010001';
const start = Date.parse('2026-05-01T00:00:00Z');
const admin: User = {
  id: 'u1',
  username: 'admin',
  displayName: '管理员',
  roles: ['admin'],
  scope: '',
  createdAt: new Date(start).toISOString(),
};
const point: HazardPoint = HazardPointSchema.parse({
  unifiedCode: code,
  name: '望山坡',
  kind: 'landslide',
  divisionCode: '513221',
  longitude: 103,
  latitude: 31,
  rulebook: 'reference',
  version: 1,
  threatenedHouseholds: 3,
  threatenedPeople: 9,
  createdAt: new Date(start).toISOString(),
  updatedAt: new Date(start).toISOString(),
  release: { red: 'immediate' },
});
const registry: RegistryView = {
  device: () => undefined,
  deviceBySecretHash: () => undefined,
  point: (one) => (one === code ? point : undefined),
  points: () => [point],
  devices: () => [],
  devicesOf: (one) => (one === code ? [{ deviceId: 'horn-1' } as RegisteredDevice] : []),
};
const household = { id: 'h1', version: 1, hazardPoint: code, householder: '张三', phone: '13800000001', address: '一组', memberCount: 4 };
const card = {
  ...household,
  evacuationRoute: '向东上公路',
  shelter: '村小学',
  members: [],
  createdAt: point.createdAt,
  updatedAt: point.createdAt,
};

const running: AlertService[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});

async function station(store = new MemoryStore(), settings = Settings.parse({})) {
  store.cardsOfPoint = { workCards: [], householdCards: [card] };
  const health = new Health();
  const clock = { at: start, now: () => clock.at };
  const service = new AlertService(store, registry, () => settings, clock, createLogger('silent'), health);
  await service.start();
  running.push(service);
  return { service, store, health, clock };
}

function judgement(seq: number, level: PointLevel, change: Partial<PointDecision> = {}): Judgement {
  const decision: PointDecision = {
    hazardPoint: code,
    rule: { id: 'reference', version: 'v1' },
    level,
    eventAt: start + seq,
    late: false,
    certainty: level === 'none' ? null : 'confirmed',
    confirmedLevel: level,
    reasons: [],
    evidence: [
      { id: 'change-1h', deviceId: 'd1', channel: 'L1_LF_1', detector: 'change', value: 41, unit: 'mm', at: null, thresholds: {} },
      { id: 'odd', deviceId: 'd1', channel: 'L9_XX_1', detector: 'change', value: 1, unit: 'mm', at: null, thresholds: {} },
    ],
    ...change,
  };
  const { rule } = decision;
  const state = {
    hazardPoint: code,
    level,
    certainty: decision.certainty,
    confirmedLevel: level,
    rule,
    judgedTo: seq,
    eventAt: null,
    indicators: [],
    missing: [],
  };
  return { hazardPoint: code, judgedTo: seq, mark: { hazardPoint: code, judgedTo: seq, state: {} }, decision, state };
}

describe('AlertService', () => {
  it('tells the groups of the settings with everybody, and the horns of this point alone', async () => {
    const robots = [{ id: 'village', vendor: 'wecom', url: 'https://a.example/?key=1', scope: 'public' }];
    const channels = { robots, broadcast: { horns: { devices: ['horn-1', 'horn-of-another-point'] } } };
    const { service, store } = await station(new MemoryStore(), Settings.parse({ channels }));
    await service.apply(judgement(1, 'red'));
    const told = store.entries[0]?.deliveries?.map(({ channel, address }) => [channel, address]);
    expect(told?.toSorted()).toEqual([
      ['broadcast', 'broadcast:horn-1'],
      ['robot', 'robot:village'],
      ['sms', '13800000001'],
      ['wall', 'wall:centre'],
    ]);
  });

  it('writes a decision with everything it caused in one entry', async () => {
    const { service, store } = await station();
    await service.apply(judgement(1, 'red'));
    expect(store.entries).toHaveLength(1);
    const [entry] = store.entries;
    expect(entry?.judgement?.judgedTo).toBe(1);
    expect(entry?.warnings).toHaveLength(1);
    expect(entry?.deliveries?.map(({ role, level, kind }) => `${role} ${kind} ${level}`).toSorted()).toEqual([
      'duty warning red',
      'household warning red',
    ]);
    const [opened, release, ...rest] = entry?.events?.map(({ type }) => type) ?? [];
    expect([opened, release, ...new Set(rest)]).toEqual([
      'warning.opened',
      'warning.release',
      'task.changed',
      'consultation.opened',
      'point.level',
    ]);
    expect(entry?.tasks?.map(({ kind, level }) => `${kind} ${level}`)).toEqual(Array.from({ length: 5 }, () => 'response red'));
    expect(entry?.consultations?.[0]?.evidence.series).toEqual([
      { deviceId: 'd1', channel: 'L1_LF_1', unit: 'mm', readings: [{ time: '1970-01-01T00:00:00.000Z', value: 1.5, quality: [] }] },
    ]);
    expect(entry?.audit?.map(({ action }) => action)).toEqual(['warning.opened', 'consultation.opened']);
  });

  it('opens, tells and consults once, also when a restarted station is given the decision again', async () => {
    const { service, store } = await station();
    await service.apply(judgement(1, 'red'));
    await service.stop();
    const again = await station(store);
    await again.service.apply(judgement(1, 'red'));
    expect(store.records.size).toBe(1);
    // The household's and the wall's.
    expect(store.deliveryIds.size).toBe(2);
    expect(store.rooms.size).toBe(1);
    expect(store.eventLog.filter(({ type }) => type === 'warning.opened')).toHaveLength(1);
  });

  it('takes no older decision after a restart for news, even when its warning has ended', async () => {
    const { service, store } = await station();
    await service.apply(judgement(1, 'yellow', { certainty: 'awaiting-persistence', confirmedLevel: 'none' }));
    await service.apply(judgement(2, 'none'));
    await service.stop();
    const again = await station(store);
    await again.service.apply(judgement(1, 'yellow', { certainty: 'awaiting-persistence', confirmedLevel: 'none' }));
    expect([...store.records.values()].map(({ state }) => state)).toEqual(['expired']);
  });

  it('repeats the very same entry, in order, while the database is away, and says so', async () => {
    const { service, store, health, clock } = await station();
    store.failures = 2;
    const first = service.apply(judgement(1, 'orange'));
    const second = service.apply(judgement(2, 'red'));
    await expect.poll(() => health.report().alert?.status).toBe('degraded');
    clock.at += HOUR;
    await Promise.all([first, second]);
    expect(store.entries.map((entry) => entry.judgement?.judgedTo)).toEqual([1, 2]);
    expect(store.entries[0]?.warnings?.[0]?.openedAt).toBe(new Date(start).toISOString());
    expect(health.report().alert?.status).toBe('ok');
  });

  it('gives up an entry that is refused although the database is there, so that what comes after it is judged', async () => {
    const { service, store, health } = await station();
    store.failures = 5;
    const first = service.apply(judgement(1, 'orange'));
    const second = service.apply(judgement(2, 'red'));
    await expect(first).rejects.toThrow();
    await second;
    expect(store.entries.map((entry) => entry.judgement?.judgedTo)).toEqual([2]);
    expect(health.report().alert?.status).toBe('ok');
  }, 20_000);

  it('acts, refuses with what is legal, and hides what lies outside the user’s divisions', async () => {
    const { service, store } = await station();
    await service.apply(judgement(1, 'yellow'));
    const [id = ''] = store.records.keys();
    await expect(service.act(id, 'publish', { scope: 'public' }, admin)).rejects.toMatchObject({ code: 'illegal-transition', status: 409 });
    await expect(service.act(id, 'propose', { scope: 'public' }, { ...admin, scope: '5101' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(service.act(id, 'propose', { scope: 'public' }, { ...admin, roles: ['viewer'] })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const record = await service.act(id, 'propose', { scope: 'public' }, admin);
    expect(service.view(record, [], admin)).toMatchObject({ pointName: '望山坡', release: { internal: 'published', public: 'proposed' } });
  });

  it('answers not-ready when an action could not be written, and reads the record again before the next', async () => {
    const { service, store } = await station();
    await service.apply(judgement(1, 'yellow'));
    const [id = ''] = store.records.keys();
    store.failures = 1;
    await expect(service.act(id, 'propose', { scope: 'public' }, admin)).rejects.toBeInstanceOf(Problem);
    expect((await service.act(id, 'propose', { scope: 'public' }, admin)).releases.public.state).toBe('proposed');
  });

  it('carries out a signed decision with the signature in one entry, or not at all', async () => {
    const { service, store } = await station();
    await service.apply(judgement(1, 'orange'));
    const [id = ''] = store.records.keys();
    const signer: User = { ...admin, roles: ['signer'] };
    const steps = (['propose', 'consult', 'decide', 'sign', 'publish'] as const).map((action) => ({
      action,
      body: { scope: 'public' as const },
    }));
    const audit = [{ id: 'a1', at: start, actor: 'li', action: 'consultation.signed', object: 'consultation:c1', detail: {} }];
    await expect(service.carryOut(id, () => [...steps, ...steps], signer, { audit }, 'li')).rejects.toMatchObject({
      code: 'illegal-transition',
    });
    expect(store.entries).toHaveLength(1);
    const { done, warning } = await service.carryOut(id, () => steps, signer, { audit }, 'li');
    expect(done).toHaveLength(5);
    expect(warning.releases.public).toMatchObject({ state: 'published', version: 1 });
    expect(store.entries[1]?.audit?.some((record) => record.id === 'a1')).toBe(true);
    expect(store.entries[1]?.deliveries?.filter(({ channel }) => channel === 'sms')).toHaveLength(1);
  });

  it('tells what a silence held back when it is over, also after a restart', async () => {
    const { service, store, clock } = await station();
    const silence: Silence = {
      id: 's1',
      hazardPoint: code,
      divisionCode: point.divisionCode,
      level: 'orange',
      owner: 'li',
      reason: '现场检修',
      from: new Date(start).toISOString(),
      until: new Date(start + HOUR).toISOString(),
      version: 1,
    };
    registry.silencesOf = (_, at) => (at < start + HOUR ? [silence] : []);
    try {
      await service.apply(judgement(1, 'orange'));
      await service.tick();
      expect([...store.records.values()][0]).toMatchObject({
        level: 'orange',
        heldBack: { id: 's1' },
        releases: { internal: { state: 'none' } },
      });
      await service.stop();
      clock.at += HOUR;
      const again = await station(store);
      again.clock.at = start + HOUR;
      await again.service.tick();
      await again.service.tick();
      expect([...store.records.values()][0]).toMatchObject({ releases: { internal: { state: 'published', version: 1, level: 'orange' } } });
      expect([...store.records.values()][0]?.heldBack).toBeUndefined();
    } finally {
      delete registry.silencesOf;
    }
  });

  it('tells devices that fall silent together as one alarm', async () => {
    const { service } = await station();
    const alarms: SystemAlarm[] = [];
    service.connectAlarms((alarm) => Promise.resolve(void alarms.push(alarm)));
    const points = Array.from({ length: 5 }, (_, n) => ({ ...point, unifiedCode: `51322101000${n}`, name: `坡${n}` }));
    const original = registry.point;
    registry.point = (one) => points.find(({ unifiedCode }) => unifiedCode === one);
    try {
      service.watch(
        points.map(({ unifiedCode }, n) => ({
          id: `e${n}`,
          seq: n,
          type: 'device.state',
          at: start,
          divisionCode: '513221',
          payload: { deviceId: `d${n}`, hazardPoint: unifiedCode, state: 'offline' },
        })),
      );
    } finally {
      registry.point = original;
    }
    expect(alarms.map(({ code: alarm, about }) => [alarm, about?.length])).toEqual([['outage:513221', 5]]);
  });

  it('expires what is over by the wall clock', async () => {
    const { service, store, clock } = await station();
    await service.apply(judgement(1, 'yellow'));
    await service.apply(judgement(2, 'none'));
    clock.at += 24 * HOUR;
    await service.tick();
    expect([...store.records.values()].map(({ state }) => state)).toEqual(['expired']);
  });
});
