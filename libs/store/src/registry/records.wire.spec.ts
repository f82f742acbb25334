import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HouseholdCardCreate, Settings, WorkCardCreate, type RegisteredDevice } from '#libs/contracts';
import { pgCards } from './card.js';
import { aPoint, dataKey, recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgIdempotency } from '../ledger/idempotency.js';
import { pgJudgements } from '../judgement/judgement.js';
import { pgRegistry } from './registry.js';
import { pgRules } from '../judgement/rule.js';
import { pgSessions } from './session.js';
import { pgSettings } from './settings.js';
import { pgUsers } from './user.js';

const device = (over: Partial<RegisteredDevice> = {}): RegisteredDevice => ({
  deviceId: 'D1',
  profile: 'gnss',
  hazardPoint: '5132210001',
  divisionCode: '513221',
  interval: 60,
  synthetic: false,
  createdAt: '2026-11-20T12:00:00.000Z',
  secretHash: 'hash-1',
  ...over,
});

const household = (over: Partial<HouseholdCardCreate> = {}): HouseholdCardCreate => ({
  ...HouseholdCardCreate.parse({
    hazardPoint: '5132210001',
    householder: '石老汉',
    phone: '+8613912345678',
    address: '石碑村三组12号',
    memberCount: 4,
    evacuationRoute: '沿村道向东',
    shelter: '村小学',
  }),
  ...over,
});

const workCard = WorkCardCreate.parse({
  hazardPoint: '5132210001',
  responsible: { name: '李责任', phone: '13700000001' },
  monitor: { name: '王监测', phone: '13700000002' },
  evacuationRoute: '沿村道向东',
  shelter: '村小学',
  signal: '铜锣',
});

/** Everything a schema holds, as PostgreSQL prints it. */
const dump = async ({ db }: RecordsDatabase, schema: string): Promise<string> => {
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema = $1`,
    [schema],
  );
  const texts = await Promise.all(tables.map(({ name }) => db.query<{ row: string }>(`select t::text as row from ${name} t`)));
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n');
};

describe('records of the command stage', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('command records');
    await pgRegistry(home.db).insertPoint(aPoint());
  });
  afterAll(() => home.close());

  describe('registry', () => {
    it('gives back points and devices as they were registered', async () => {
      const registry = pgRegistry(home.db);
      await registry.insertDevice(device());
      expect(await registry.load()).toEqual({ points: [aPoint()], devices: [device()], removed: [] });
    });

    it('refuses doubles and devices of a point nobody knows', async () => {
      const registry = pgRegistry(home.db);
      await expect(registry.insertPoint(aPoint())).rejects.toMatchObject({ code: 'already-exists' });
      await expect(registry.insertDevice(device())).rejects.toMatchObject({ code: 'already-exists' });
      await expect(registry.insertDevice(device({ deviceId: 'D2', secretHash: 'x', hazardPoint: 'nowhere' }))).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('remembers a removed device without its secret, and takes another one under its number', async () => {
      const registry = pgRegistry(home.db);
      const gone = device({ deviceId: 'D9', secretHash: 's9' });
      await registry.insertDevice(gone);
      await registry.renewSecret('D9', 's9b');
      expect((await registry.load()).devices.find(({ deviceId }) => deviceId === 'D9')?.secretHash).toBe('s9b');
      await registry.removeDevice('D9', Date.now());
      const { devices, removed } = await registry.load();
      expect(devices.map(({ deviceId }) => deviceId)).toEqual(['D1']);
      expect(removed).toEqual([{ ...gone, secretHash: 'removed D9' }]);
      for (const work of [() => registry.removeDevice('D9', 1), () => registry.renewSecret('D9', 'x')])
        await expect(work()).rejects.toMatchObject({ code: 'not-found' });
      const again = device({ deviceId: 'D9', secretHash: 's9', interval: 77 });
      const kept = { v: 1, indicators: { 'rain|D1|L3_YL_1': { n: 1 }, 'rain|D9|L3_YL_1': { n: 2 } } };
      await pgJudgements(home.db).saveMarks([{ hazardPoint: aPoint().unifiedCode, judgedTo: 1, state: kept }]);
      await registry.insertDevice(again);
      expect((await pgJudgements(home.db).marks())[0]?.state).toEqual({ v: 1, indicators: { 'rain|D1|L3_YL_1': { n: 1 } } });
      expect((await registry.load()).devices).toContainEqual(again);
      await expect(registry.insertDevice(again)).rejects.toMatchObject({ code: 'already-exists' });
      await registry.removeDevice('D9', Date.now());
    });

    it('takes a change only on top of the version it was made from, and moves it to the end of the order of changes', async () => {
      const registry = pgRegistry(home.db);
      const order = async () =>
        (await home.db.query<{ change_seq: number }>('select change_seq from command.hazard_point'))[0]?.change_seq ?? 0;
      const before = await order();
      await registry.updatePoint(aPoint({ version: 2, name: '新名' }));
      expect(await order()).toBeGreaterThan(before);
      await expect(registry.updatePoint(aPoint({ version: 2 }))).rejects.toMatchObject({ code: 'version-conflict', extra: { version: 2 } });
      await expect(registry.updatePoint(aPoint({ unifiedCode: 'nowhere', version: 2 }))).rejects.toMatchObject({ code: 'not-found' });
      expect((await registry.load()).points).toMatchObject([{ name: '新名', version: 2 }]);
    });
  });

  describe('cards', () => {
    it('are given back whole and paged within the scope', async () => {
      const cards = pgCards(home.db, dataKey);
      const first = await cards.insertHouseholdCard(household(), 'h1', '513221001', 'keeper');
      expect(first).toMatchObject({ ...household(), id: 'h1', version: 1 });
      for (const n of [2, 3, 4]) await cards.insertHouseholdCard(household(), `h${n}`, n === 4 ? '513222' : '513221001', 'keeper');
      await cards.insertWorkCard(workCard, 'k1', '513221', 'keeper');
      const page = await cards.listHouseholdCards({ limit: 2, scope: '513221' });
      expect(page.items.map(({ id }) => id)).toEqual(['h1', 'h2']);
      const rest = await cards.listHouseholdCards({ limit: 2, scope: '513221', cursor: page.nextCursor ?? '' });
      expect([rest.items.map(({ id }) => id), rest.nextCursor]).toEqual([['h3'], null]);
      expect((await cards.listHouseholdCards({ limit: 9, scope: '', hazardPoint: 'elsewhere' })).items).toEqual([]);
      const all = await cards.cardsOf('5132210001');
      expect([all.workCards.map(({ monitor }) => monitor.phone), all.householdCards.length]).toEqual([['13700000002'], 4]);
    });

    it('have numbers of their own, keep every version sealed, and tell nobody when withdrawn', async () => {
      const cards = pgCards(home.db, dataKey);
      const first = await cards.find('household', 'h1');
      if (!first) throw new Error('no card');
      expect([first.number, (await cards.find('household', 'h3'))?.number]).toEqual(['5132210001-H001', '5132210001-H003']);
      const issue = { version: 2, on: '2026-05-01', by: 'keeper' };
      const issued = await cards.update('household', { ...first, version: 2, issue }, 'keeper');
      expect(issued).toMatchObject({ version: 2, issue, number: first.number });
      await expect(cards.update('household', { ...first, version: 2 }, 'late')).rejects.toMatchObject({ code: 'version-conflict' });
      await expect(cards.update('household', { ...first, id: 'none', version: 2 }, 'x')).rejects.toMatchObject({ code: 'not-found' });
      const versions = await cards.versions('household', 'h1');
      expect(versions.map(({ version, changedBy }) => [version, changedBy])).toEqual([
        [2, 'keeper'],
        [1, 'keeper'],
      ]);
      expect(versions[1]?.card).toMatchObject({ phone: first.phone, version: 1 });
      const rows = await home.db.query<object>('select * from command.card_version');
      expect(JSON.stringify(rows)).not.toContain(first.phone);
      await cards.update('household', { ...issued, version: 3, withdrawn: { on: '2026-06-01', by: 'keeper', reason: '搬迁' } }, 'keeper');
      expect((await cards.cardsOf('5132210001')).householdCards.map(({ id }) => id)).not.toContain('h1');
    });

    it('refuse a point nobody knows and a cursor nobody gave', async () => {
      const cards = pgCards(home.db, dataKey);
      await expect(cards.insertHouseholdCard(household({ hazardPoint: 'nowhere' }), 'h9', '51', 'keeper')).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect(cards.listWorkCards({ limit: 1, scope: '', cursor: 'made up' })).rejects.toMatchObject({ code: 'invalid-request' });
    });

    it('are found by any spelling of a number on them', async () => {
      const found = await home.db.query<{ id: string }>('select id from command.household_card where phone_hashes @> array[$1]', [
        dataKey.lookupHash('13912345678'),
      ]);
      expect(found).toHaveLength(4);
    });
  });

  describe('users and sessions', () => {
    const user = {
      id: 'u1',
      username: 'duty1',
      displayName: '赵值班',
      roles: ['duty' as const],
      scope: '5132',
      createdAt: '2026-11-20T12:00:00.000Z',
      passwordHash: 'scrypt$1',
    };

    it('are found by id and login name', async () => {
      const users = pgUsers(home.db, dataKey);
      await users.insert(user);
      expect(await users.byUsername('duty1')).toEqual(user);
      expect(await users.byId('u1')).toEqual(user);
      expect(await users.byId('nobody')).toBeUndefined();
      await expect(users.insert({ ...user, id: 'u2' })).rejects.toMatchObject({ code: 'already-exists' });
      await users.setPassword('u1', 'scrypt$2');
      expect((await users.byId('u1'))?.passwordHash).toBe('scrypt$2');
      expect(JSON.stringify(await users.list({ limit: 10 }))).not.toContain('scrypt');
      await expect(users.setPassword('nobody', 'x')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('end with their time or by hand', async () => {
      const sessions = pgSessions(home.db);
      const expiresAt = Date.now() + 60_000;
      await sessions.insert({ tokenHash: 'old', userId: 'u1', expiresAt: Date.now() - 1 });
      await sessions.insert({ tokenHash: 'new', userId: 'u1', expiresAt });
      expect([await sessions.find('old'), await sessions.find('new')]).toEqual([undefined, { userId: 'u1', expiresAt }]);
      await sessions.remove('new');
      expect(await sessions.find('new')).toBeUndefined();
    });
  });

  describe('settings', () => {
    it('are kept version by version; one version is taken once', async () => {
      const store = pgSettings(home.db, dataKey);
      expect(await store.current()).toBeUndefined();
      const settings = Settings.parse({ dutyRoster: [{ name: '钱值班', phone: '13600000001' }] });
      await store.save(settings, 1, 'admin');
      expect(await store.current()).toEqual({ version: 1, updatedBy: 'admin', settings });
      await expect(store.save(settings, 1, 'other')).rejects.toMatchObject({ code: 'version-conflict' });
      await store.save(Settings.parse({ countyName: '新县' }), 2, 'admin');
      expect((await store.current())?.settings.countyName).toBe('新县');
    });
  });

  describe('answers already given', () => {
    it('are kept for a day, the first one standing', async () => {
      const answers = pgIdempotency(home.db, dataKey);
      await answers.save('k', 'duty1', 'h1', 201, { deviceId: 'D7', secret: 'very secret' });
      await answers.save('k', 'duty1', 'h2', 500, {});
      expect(await answers.find('k', 'duty1')).toEqual({ requestHash: 'h1', status: 201, body: { deviceId: 'D7', secret: 'very secret' } });
      expect(await answers.find('k', 'somebody')).toBeUndefined();
      expect(await dump(home, 'command')).not.toContain('very secret');
      await home.db.run(`update command.idempotency set created_at = now() - interval '25 hours'`);
      expect(await answers.find('k', 'duty1')).toBeUndefined();
    });
  });

  it('hold no name, number or address in the open', async () => {
    const text = await dump(home, 'command');
    expect(text).toContain('5132210001');
    for (const secret of ['石老汉', '三组12号', '13912345678', '13700000001', '王监测', '李责任', '赵值班', '钱值班', '13600000001'])
      expect(text, secret).not.toContain(secret);
  });

  /**
   * Tables that hold no record. Working state, gone when its work is done: sessions, answers given, receipts too early, and devices made
   * denser (what was done to them is in device_command and device_interval). The end of a chain. Counters anybody can make again from the
   * readings, and how far they are counted.
   */
  const noRecords = [
    'session',
    'idempotency',
    'orphan_receipt',
    'densified',
    'audit_head',
    'device_day',
    'device_day_mark',
    // Of a telephone number, by its keyed hash: whoever's card it stands on.
    'dead_number',
    'call_turn',
  ];

  it('all carry division, version and their place in the order of changes', async () => {
    const missing = await home.db.query(
      `select t.table_schema || '.' || t.table_name as name, needed from information_schema.tables t
         cross join unnest(array['division_code', 'version', 'change_seq']) as needed
        where t.table_schema in ('command', 'alert', 'notify', 'wall', 'consult') and t.table_type = 'BASE TABLE'
          and t.table_name <> all($1)
          and not exists (select from information_schema.columns c
            where c.table_schema = t.table_schema and c.table_name = t.table_name and c.column_name = needed)
        order by 1, 2`,
      [noRecords],
    );
    expect(missing).toEqual([]);
  });
});

describe('rulebooks', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('rulebooks');
  });
  afterAll(() => home.close());

  it('have one version in force, and every change of it is kept', async () => {
    const rules = pgRules(home.db);
    const version = (name: string, createdAt: number) => ({
      rulebook: 'reference',
      version: name,
      text: `text ${name}`,
      author: 'release',
      reason: 'shipped',
      createdAt,
    });
    const activate = (name: string, by: string, at: number, instead?: string) =>
      rules.activate({
        rulebook: 'reference',
        version: name,
        ...(instead ? { instead } : {}),
        kind: 'activate',
        by,
        at,
        reason: 'why',
        dryRun: null,
        forced: true,
      });
    await rules.insert(version('aaa', 1_000));
    await rules.insert(version('bbb', 2_000));
    await rules.insert({ ...version('aaa', 9_000), author: 'late' });
    expect(await rules.active()).toEqual([]);
    await activate('aaa', 'release', 3_000);
    await activate('bbb', 'admin', 4_000);
    expect(await rules.active()).toEqual([{ ...version('bbb', 2_000), active: true, activatedAt: 4_000, activatedBy: 'admin' }]);
    await expect(activate('aaa', 'admin', 4_500, 'aaa')).rejects.toMatchObject({ code: 'version-conflict' });
    await activate('aaa', 'admin', 5_000, 'bbb');
    expect((await rules.versions('reference')).map(({ version: name, author }) => [name, author])).toEqual([
      ['bbb', 'release'],
      ['aaa', 'release'],
    ]);
    await expect(activate('zzz', 'admin', 6_000)).rejects.toMatchObject({ code: 'not-found' });
    expect((await rules.active()).map(({ version: name }) => name)).toEqual(['aaa']);
    expect(await home.db.query('select rule_version from evaluate.rule_activation order by id')).toEqual([
      { rule_version: 'aaa' },
      { rule_version: 'bbb' },
      { rule_version: 'aaa' },
    ]);
  });
});
