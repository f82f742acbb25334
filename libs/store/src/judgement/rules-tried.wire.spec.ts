import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ShadowDecision } from '#libs/command';
import { DAY, toIso, type RuleShadow, type ThresholdChange } from '#libs/contracts';
import { pgDryRuns } from './dry-run.js';
import { aPoint, recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgRegistry } from '../registry/registry.js';
import { pgRules } from './rule.js';
import { pgShadows } from './rule-shadow.js';
import { pgThresholds } from './threshold.js';

const t0 = Date.parse('2026-11-20T12:00:00Z');
const hazardPoint = aPoint().unifiedCode;

describe('rules that are tried', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('rules that are tried');
    for (const version of ['aaa', 'bbb', 'ccc', 'ddd'])
      await pgRules(home.db).insert({ rulebook: 'reference', version, text: version, author: 'author', reason: 'try', createdAt: t0 });
    await pgRegistry(home.db).insertPoint(aPoint());
  });
  afterAll(() => home.close());

  const shadow = (version: string, more: Partial<RuleShadow> = {}): RuleShadow => ({
    id: `S-${version}`,
    rulebook: 'reference',
    version,
    startedAt: toIso(t0),
    startedBy: 'author',
    reason: 'see',
    until: toIso(t0 + DAY),
    endedAt: null,
    endedBy: null,
    end: null,
    ...more,
  });
  const said = (id: string, seq: number, more: Partial<ShadowDecision> = {}): ShadowDecision => ({
    id,
    shadow: 'S-aaa',
    judge: 'shadow',
    ruleVersion: 'aaa',
    divisionCode: '513221',
    seq,
    decision: {
      hazardPoint,
      level: 'red',
      certainty: 'confirmed',
      confirmedLevel: 'red',
      eventAt: t0 + seq,
      reasons: [{ code: 'raised', text: { zh: '升', en: 'up' } }],
      late: false,
    },
    ...more,
  });

  describe('shadows', () => {
    beforeEach(async () => {
      await home.db.run('alter table evaluate.shadow_decision disable trigger append_only');
      await home.db.run('delete from evaluate.shadow_decision');
      await home.db.run('alter table evaluate.shadow_decision enable trigger append_only');
      await home.db.run('delete from evaluate.shadow_mark');
      await home.db.run('delete from evaluate.shadow');
    });

    it('are so many at most, also when several start at once, and each version once', async () => {
      const shadows = pgShadows(home.db);
      const started = await Promise.allSettled(['aaa', 'bbb', 'ccc', 'ddd'].map((version) => shadows.start(shadow(version), 3)));
      expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      expect(await shadows.running()).toHaveLength(3);
      await expect(shadows.start(shadow('aaa', { id: 'again' }), 9)).rejects.toMatchObject({ code: 'illegal-transition' });
    });

    it('end once, take their marks along, and can be started again', async () => {
      const shadows = pgShadows(home.db);
      await shadows.start(shadow('aaa'), 3);
      await shadows.saveMarks([{ shadow: 'S-aaa', hazardPoint, judgedTo: 7, state: { b: 1, a: 2 } }]);
      await shadows.saveMarks([{ shadow: 'S-aaa', hazardPoint, judgedTo: 5, state: null }]);
      expect(await shadows.marks('S-aaa')).toEqual([{ shadow: 'S-aaa', hazardPoint, judgedTo: 7, state: { b: 1, a: 2 } }]);
      expect(await shadows.end('S-aaa', 'expired', null, t0 + DAY)).toBe(true);
      expect(await shadows.end('S-aaa', 'stopped', 'author', t0 + DAY)).toBe(false);
      await shadows.saveMarks([{ shadow: 'S-aaa', hazardPoint, judgedTo: 9, state: null }]);
      expect(await shadows.marks('S-aaa')).toEqual([]);
      await shadows.start(shadow('aaa', { id: 'S-aaa-2', startedAt: toIso(t0 + DAY) }), 3);
      expect(await shadows.newest('reference', 'aaa')).toMatchObject({ id: 'S-aaa-2', end: null });
    });

    it('keep what was said in its order, once, with how far it was judged; nothing said is changed', async () => {
      const shadows = pgShadows(home.db);
      await shadows.start(shadow('aaa'), 3);
      const live = said('l', 3, { judge: 'live', ruleVersion: 'zzz' });
      expect(await shadows.record([said('2', 2), live], { shadow: 'S-aaa', hazardPoint, judgedTo: 3, state: 1 })).toBe(2);
      expect(await shadows.record([said('2', 2)])).toBe(2);
      await shadows.record([said('1', 1)]);
      expect(await shadows.decisions('S-aaa')).toEqual([said('2', 2), live, said('1', 1)]);
      await expect(home.db.run(`update evaluate.shadow_decision set level = 'none'`)).rejects.toThrow(/append-only/);
    });
  });

  it('dry runs wait, run, and end once with their report or their fault', async () => {
    const runs = pgDryRuns(home.db);
    const run = (id: string, more: object = {}) => ({
      id,
      rulebook: 'reference',
      version: 'aaa',
      against: 'bbb',
      trial: null,
      from: toIso(t0 - DAY),
      to: toIso(t0),
      requestedBy: 'author',
      requestedAt: toIso(t0),
      reason: 'try',
      state: 'queued' as const,
      progress: 0,
      finishedAt: null,
      fault: null,
      items: [],
      ...more,
    });
    const trial = { hazardPoint, thresholds: [{ rule: 'change', level: 'red' as const, value: 3 }] };
    await runs.insert(run('R1'));
    await runs.insert(run('R2', { requestedAt: toIso(t0 + 1) }));
    await runs.insert(run('R3', { requestedAt: toIso(t0 + 2), trial, against: 'aaa' }));
    expect((await runs.unfinished()).map(({ id }) => id)).toEqual(['R1', 'R2', 'R3']);
    await runs.progress('R1', 0.5);
    expect(await runs.find('R1')).toMatchObject({ state: 'running', progress: 0.5 });
    const side = {
      warnings: { blue: 0, yellow: 0, orange: 0, red: 1 },
      candidates: 0,
      secondsInLevel: { none: 1.5, blue: 0, yellow: 0, orange: 0, red: 2, unknown: 0 },
      levelChanges: 1,
      changes: [],
    };
    const item = {
      hazardPoint,
      name: '石碑村',
      live: side,
      next: side,
      warningsMore: { blue: 0, yellow: 0, orange: 0, red: 0 },
      readings: 3,
    };
    await runs.finish('R1', t0 + 9, { items: [item] });
    await runs.finish('R1', t0 + 10, { fault: 'too late' });
    await runs.finish('R2', t0 + 9, { fault: 'no text' });
    await runs.finish('R3', t0 + 9, { items: [] });
    await runs.progress('R2', 0.9);
    expect(await runs.find('R1')).toMatchObject({ state: 'done', progress: 1, items: [item], fault: null });
    expect(await runs.find('R2')).toMatchObject({ state: 'failed', fault: 'no text', finishedAt: toIso(t0 + 9) });
    expect((await runs.find('R3'))?.trial).toEqual(trial);
    expect((await runs.finished('reference', 'aaa', 'bbb'))?.id).toBe('R1');
    // Neither a run against another version nor a trial of thresholds speaks for a version.
    expect(await runs.finished('reference', 'aaa', 'ccc')).toBeUndefined();
    expect(await runs.finished('reference', 'aaa', 'aaa')).toBeUndefined();
    const first = await runs.list({ rulebook: 'reference', limit: 2 });
    const second = await runs.list({ rulebook: 'reference', limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['R3', 'R2', 'R1']);
  });

  it('a change of thresholds is written with the point or not at all, and is never changed', async () => {
    const registry = pgRegistry(home.db);
    const thresholds = [{ rule: 'change', level: 'red' as const, value: 3 }];
    const change = (pointVersion: number): ThresholdChange => ({
      id: `T${pointVersion}`,
      hazardPoint,
      at: toIso(t0),
      by: 'admin',
      reason: 'survey',
      trial: null,
      before: [],
      after: thresholds,
      pointVersion,
    });
    await registry.updatePoint({ ...aPoint(), thresholds, version: 2 }, change(2));
    // Someone else was faster: the point is refused, and so is the record.
    await expect(registry.updatePoint({ ...aPoint(), version: 2 }, { ...change(2), id: 'other' })).rejects.toMatchObject({
      code: 'version-conflict',
    });
    // A trial nobody has run: the record is refused, and so is the point.
    await expect(registry.updatePoint({ ...aPoint(), thresholds: [], version: 3 }, { ...change(3), trial: 'none' })).rejects.toThrow();
    expect((await registry.load()).points[0]).toMatchObject({ version: 2, thresholds });
    await registry.updatePoint({ ...aPoint(), thresholds: [], version: 3 }, { ...change(3), before: thresholds, after: [] });
    const list = (cursor?: string) => pgThresholds(home.db).list({ hazardPoint, limit: 1, ...(cursor ? { cursor } : {}) });
    const newest = await list();
    expect(newest.items).toEqual([{ ...change(3), before: thresholds, after: [] }]);
    expect((await list(newest.nextCursor ?? '')).items).toEqual([change(2)]);
    await expect(home.db.run('delete from command.threshold_change')).rejects.toThrow(/append-only/);
  });
});
