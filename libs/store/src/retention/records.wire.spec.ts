import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, Retention, toIso } from '#libs/contracts';
import { auditWriter, pgAudit } from '../ledger/audit.js';
import { anIntent, aWarning, dataKey, recordsDatabase, silent, type RecordsDatabase } from '../fakes/records.js';
import { pgLedger } from '../ledger/ledger.js';
import { runRetention } from './run.js';

const now = Date.parse('2026-11-21T15:00:00Z');
const times = [now - 400 * DAY, now - 100 * DAY, now - DAY];
const [ancient, old, recent] = times.map(toIso);

describe('retention of records', () => {
  let home: RecordsDatabase;
  const run = (kept: Partial<Retention> = {}) => runRetention(home.db, { kept: Retention.parse(kept), now, audit: auditWriter(home.db) });
  const names = async (table: string, column = 'id'): Promise<unknown[]> =>
    (await home.db.query<{ name: unknown }>(`select ${column} as name from ${table} order by 1`)).map(({ name }) => name);

  beforeAll(async () => {
    home = await recordsDatabase('retention of records');
    const { db } = home;
    const both = [ancient, old, recent].map((at, i) => [`n${i}`, at, i + 1] as const);
    for (const [id, at, n] of both) {
      await db.run(`insert into ingest.quarantine values ($1, 'D1', '$dp', 'bad-value', '', '', $2)`, [id, at]);
      await db.run(`insert into wall.event (seq, id, type, at, division_code, payload) values ($3, $1, 'system.alarm', $2, '', '{}')`, [
        id,
        at,
        n,
      ]);
      await db.run(
        `insert into ingest.gap (device_id, from_at, to_at, hazard_point, interval_s, missing, holes, state, found_at, ended_at)
         values ($1, $2, $2, 'P', 60, 1, '[]', $3, $2, $4)`,
        [id, at, n === 1 ? 'open' : 'filled', n === 1 ? null : at],
      );
      await db.run(
        `insert into command.device_command (msgid, device_id, division_code, state, created_at, record, version)
         values ($1, 'D1', '', $2, $3, '{}', 1)`,
        [n, n === 1 ? 'sent' : 'failed', at],
      );
      await db.run(`insert into command.device_day values ('D1', ($1::timestamptz)::date, 'x', 24)`, [at]);
    }
    const ledger = pgLedger(db, { bus: home.bus, dataKey, logger: silent, audit: auditWriter(db) });
    await ledger.write({
      warnings: [aWarning({ state: 'closed', openedAt: ancient ?? '', eventOpenedAt: ancient ?? '' })],
      deliveries: [anIntent('d1', { warningId: 'w1' })],
    });
  });
  afterAll(() => home.close());

  it('deletes what is older than its class is kept, never what is open', async () => {
    const { dropped } = await run({ quarantine: 365, wallEvents: 365, gaps: 30, commands: 30, deviceDays: 365 });
    expect(await names('ingest.quarantine')).toEqual(['n1', 'n2']);
    expect(await names('wall.event')).toEqual(['n1', 'n2']);
    expect(await names('ingest.gap', 'device_id')).toEqual(['n0', 'n2']);
    expect(await names('command.device_command', 'msgid')).toEqual([1, 3]);
    expect(await names('command.device_day', 'day::text')).toHaveLength(2);
    expect(dropped).toEqual({
      quarantine: { rows: 1, parts: 0 },
      wallEvents: { rows: 1, parts: 0 },
      gaps: { rows: 1, parts: 0 },
      commands: { rows: 1, parts: 0 },
      deviceDays: { rows: 1, parts: 0 },
    });
  });

  it('deletes dry runs that no activation rests on, and whole comparisons of shadows that have ended', async () => {
    const { db } = home;
    await db.run(
      `insert into evaluate.rule_version (rulebook, rule_version, content, author, reason, created_at) values ('r', 'v', '', 'a', '', now())`,
    );
    for (const [id, at] of [
      ['resting', ancient],
      ['gone', ancient],
      ['young', recent],
    ])
      await db.run(
        `insert into evaluate.dry_run (id, rulebook, rule_version, from_at, to_at, requested_by, requested_at, reason, state, finished_at)
         values ($1, 'r', 'v', $2, $2, 'a', $2, '', 'done', $2)`,
        [id, at],
      );
    await db.run(
      `insert into evaluate.rule_activation (rulebook, rule_version, activated_by, activated_at, dry_run) values ('r', 'v', 'a', $1, 'resting')`,
      [ancient],
    );
    for (const [id, ended] of [
      ['over', ancient],
      ['lately', recent],
      ['running', null],
    ]) {
      await db.run(
        `insert into evaluate.shadow (id, rulebook, rule_version, started_at, started_by, reason, until_at, ended_at, ended_how)
         values ($1, 'r', 'v', $2, 'a', '', $2, $3, case when $3::timestamptz is null then null else 'expired' end)`,
        [id, ancient, ended],
      );
      await db.run(
        `insert into evaluate.shadow_decision (id, shadow, hazard_point, judge, rule_version, at, level, confirmed_level, reasons, seq)
         values ($1, $1, 'P', 'live', 'v', $2, 'red', 'red', '[]', 1)`,
        [id, ancient],
      );
    }
    const { dropped } = await run({
      dryRuns: 365,
      shadowDecisions: 365,
      quarantine: 0,
      wallEvents: 0,
      gaps: 0,
      commands: 0,
      deviceDays: 0,
    });
    expect(await names('evaluate.dry_run')).toEqual(['resting', 'young']);
    expect(await names('evaluate.shadow_decision')).toEqual(['lately', 'running']);
    expect(await names('evaluate.shadow')).toEqual(['lately', 'over', 'running']);
    expect(dropped).toEqual({ dryRuns: { rows: 1, parts: 0 }, shadowDecisions: { rows: 1, parts: 0 } });
    await expect(db.run(`update evaluate.shadow_decision set level = 'none'`)).rejects.toThrow();
  });

  it('keeps the newest of what numbers go on from, however old it is', async () => {
    await home.db.run('update wall.event set at = $1', [ancient]);
    await home.db.run(`update command.device_command set state = 'failed', created_at = $1`, [ancient]);
    await run({ commands: 30 });
    expect(await names('wall.event', 'seq')).toEqual([3]);
    expect(await names('command.device_command', 'msgid')).toEqual([3]);
  });

  it('never touches who was reached, the warnings and the audit log', async () => {
    await run({ quarantine: 30, wallEvents: 30, gaps: 30, commands: 30, deviceDays: 30, readings: 30 });
    expect(await names('alert.warning')).toEqual(['w1']);
    expect(await names('notify.delivery_event', 'to_status')).toEqual(['pending']);
    const { ok, records } = await pgAudit(home.db).verify();
    expect([ok, records]).toEqual([true, 4]);
  });

  it('tells with the next run what a run that was broken off had dropped', async () => {
    await home.db.run(`insert into ingest.retention_dropped (class, since, until) values ('readings', $1, $2)`, [ancient, old]);
    expect((await run()).dropped).toEqual({ readings: { rows: 0, parts: 1, since: ancient, until: old } });
    expect((await run()).dropped).toEqual({});
  });
});
