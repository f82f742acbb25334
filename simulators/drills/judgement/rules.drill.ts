import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  HOUR,
  MINUTE,
  SECOND,
  toIso,
  type DryRunView,
  type HazardPoint,
  type PointState,
  type RuleActivationView,
  type RuleShadow,
  type RuleVersionView,
  type RuleView,
  type ShadowSummary,
  type SystemAlarm,
  type ThresholdChange,
} from '#libs/contracts';
import { packageRoot } from '#libs/platform';
import { ApiClient, PATIENCE_MS, type RecordingDevice, type TestStation, testStation, until } from '#libs/testing';
import { frameOf, type Sample } from '../outside/readings.js';

const point = '513221030050';
const deviceId = '8200050';
const password = 'Rule-Drill-2026';

const shipped = readFileSync(path.join(packageRoot(), 'alert-rules/reference.rules.yaml'), 'utf8');
/** The same rulebook, twice as sensitive to the crack. */
const draft = shipped.replace(
  '{ blue: 5 mm, yellow: 10 mm, orange: 20 mm, red: 40 mm }',
  '{ blue: 2 mm, yellow: 4 mm, orange: 8 mm, red: 16 mm }',
);

describe('a rule on its way into force', () => {
  let station: TestStation;
  let device: RecordingDevice;
  let author: ApiClient;
  let signer: ApiClient;
  let rulesDir: string;
  let before: string;
  let version: string;
  /** Device time of the samples sent, each a little later. */
  let clock = 0;

  beforeAll(async () => {
    expect(draft).not.toBe(shipped);
    rulesDir = mkdtempSync(path.join(tmpdir(), 'wangshan-rules-'));
    writeFileSync(path.join(rulesDir, 'reference.rules.yaml'), shipped);
    station = await testStation('drill rules', { WANGSHAN_RULES_DIR: rulesDir });
    for (const [username, role] of [
      ['author', 'rule-author'],
      ['signer', 'signer'],
    ] as const)
      await station.api.post('/users', { username, password, displayName: username, roles: [role] });
    author = await ApiClient.login(station.url, 'author', password);
    signer = await ApiClient.login(station.url, 'signer', password);
    await station.county.createPoint(point, { release: { red: 'manual' } });
    const secret = await station.county.createDevice(deviceId, 'crack-meter', point, { interval: 600 });
    device = await station.device(deviceId, secret);
    clock = Date.now() - 2 * MINUTE;
    const start = clock - 50 * MINUTE;
    await send(...Array.from({ length: 50 }, (_, minute) => [start + minute * MINUTE, 1 + (minute % 3) / 100] as const));
    before = (await rule()).active?.version ?? '';
  });
  afterAll(async () => {
    await device?.disconnect();
    await station?.stop();
    rmSync(rulesDir, { recursive: true, force: true });
  });

  const send = (...samples: readonly Sample[]) => device.publish('$dp', frameOf(deviceId, samples));
  const next = (value: number) => send([(clock += 12 * SECOND), value]);
  const rule = () => station.api.get<RuleView>('/rules/reference');
  const state = () => station.api.get<PointState>(`/hazard-points/${point}/state`);
  const shadow = () => author.get<ShadowSummary>(`/rules/reference/versions/${version}/shadow`);
  const refused = (asked: Promise<unknown>) => asked.then(String, (error: unknown) => (error as { code: string }).code);
  const finished = (run: DryRunView) =>
    until('a finished dry run', PATIENCE_MS, async () => {
      const now = await author.get<DryRunView>(run.statusUrl.replace('/api/v1', ''));
      return now.finishedAt !== null && now;
    });

  it('is refused with file and line while it is none', async () => {
    const response = await fetch(`${station.url}/api/v1/rules/reference/versions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${author.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: draft.replace('blue: 2 mm', 'blue: 2 furlong'), reason: '更灵敏' }),
    });
    expect(response.status).toBe(422);
    const line = draft.split('\n').findIndex((each) => each.includes('blue: 2 mm')) + 1;
    expect(await response.json()).toMatchObject({ code: 'invalid-rulebook', faults: [{ file: 'reference.rules.yaml', line }] });
  });

  it('is written by its author and changes nothing yet', async () => {
    const written = await author.post<RuleVersionView>('/rules', { text: draft, reason: '裂缝阈值减半' });
    expect(written).toMatchObject({ rulebook: 'reference', author: 'author', active: false, activatedAt: null });
    version = written.version;
    expect(await refused(author.post('/rules', { text: draft, reason: '再一次' }))).toBe('already-exists');
    expect(await rule()).toMatchObject({ active: { version: before }, points: 1, rollbackTo: null });
    expect(await refused(author.post('/rules/reference/activate', { version, reason: '自己启用' }))).toBe('forbidden');
    expect(await refused(signer.post('/rules/reference/activate', { version, reason: '没有试运行' }))).toBe('illegal-transition');
    expect(await refused(signer.post('/rules/reference/rollback', { reason: '无处可退' }))).toBe('illegal-transition');
  });

  it('runs in shadow: it says what it would have done, and nothing sounds', async () => {
    await until('the quiet point', PATIENCE_MS, async () => (await state()).level === 'none');
    const started = await author.post<RuleShadow>('/rules/reference/shadow', {
      version,
      reason: '看一周',
      until: toIso(Date.now() + HOUR),
    });
    expect(started).toMatchObject({ startedBy: 'author', endedAt: null });
    expect(await refused(author.post('/rules/reference/shadow', { version, reason: '又一次', until: toIso(Date.now() + HOUR) }))).toBe(
      'illegal-transition',
    );
    await until('the shadow at the point', PATIENCE_MS, async () => (await shadow()).totals.points === 1);
    await next(7.5);
    await next(7.6);
    const summary = await until('what the shadow says', PATIENCE_MS, async () => {
      const now = await shadow();
      return now.totals.next.warnings.yellow === 1 && now.totals.live.warnings.blue === 1 && now;
    });
    expect(summary.items[0]).toMatchObject({ hazardPoint: point, warningsMore: { yellow: 1, blue: -1 } });
    expect(summary.items[0]?.live.changes.at(-1)).toMatchObject({ level: 'blue', certainty: 'confirmed' });
    expect(summary.items[0]?.next.changes.at(-1)).toMatchObject({ level: 'yellow', certainty: 'confirmed' });
    // Live is live: the point, its warnings and the wall know the version in force only.
    expect(await state()).toMatchObject({ level: 'blue', rule: { version: before } });
    const warnings = await station.county.warnings(point);
    expect(warnings.map((warning) => warning.level)).toEqual(['blue']);
    expect(JSON.stringify(station.wall.events)).not.toContain(version);
  });

  it('is tried over the last day, point by point, before it may come into force', async () => {
    const response = await fetch(`${station.url}/api/v1/rules/reference/dry-run`, {
      method: 'POST',
      headers: { authorization: `Bearer ${author.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version, days: 1 }),
    });
    expect(response.status).toBe(202);
    const asked = (await response.json()) as DryRunView;
    expect(response.headers.get('location')).toBe(asked.statusUrl);
    const run = await finished(asked);
    expect(run).toMatchObject({
      state: 'done',
      against: before,
      progress: 1,
      totals: { points: 1, pointsChanged: 1, warningsMore: { yellow: 1, blue: -1 } },
    });
    const [item] = run.items;
    expect(item?.live.changes.at(-1)).toMatchObject({ level: 'blue', certainty: 'confirmed' });
    expect(item?.next.changes.at(-1)).toMatchObject({ level: 'yellow', certainty: 'confirmed' });
    expect(item?.readings).toBe(52);
  });

  it('comes into force by another person: levels stay, the next readings are judged by it', async () => {
    const active = await signer.post<RuleVersionView>('/rules/reference/activate', { version, reason: '试运行结果可接受' });
    expect(active).toMatchObject({ version, active: true, activatedBy: 'signer' });
    expect(await state()).toMatchObject({ level: 'blue', rule: { version } });
    expect((await shadow()).shadow).toMatchObject({ end: 'activated' });
    await next(7.7);
    await next(7.8);
    await until('yellow', PATIENCE_MS, async () => {
      const now = await state();
      return now.level === 'yellow' && now.certainty === 'confirmed';
    });
    expect(await refused(signer.post('/rules/reference/activate', { version, reason: '已经生效' }))).toBe('illegal-transition');
  });

  it('goes back in one action, with the level in force kept', async () => {
    await signer.post('/rules/reference/rollback', { reason: '误报太多' });
    expect(await state()).toMatchObject({ level: 'yellow', rule: { version: before } });
    const history = await station.api.all<RuleActivationView>('/rules/reference/activations');
    expect(history.map(({ kind, by, version: which, forced }) => [kind, by, which, forced])).toEqual([
      ['rollback', 'signer', before, false],
      ['activate', 'signer', version, false],
      ['release', 'release', before, false],
    ]);
    expect(history[1]?.dryRun).toEqual(expect.any(String));
    expect((await rule()).rollbackTo).toBeNull();
    const said = (await station.api.all<{ action: string; actor: string }>('/audit')).map(({ action, actor }) => `${action} ${actor}`);
    for (const line of [
      'rule.written author',
      'rule.shadow-started author',
      'rule.dry-run author',
      'rule.activated signer',
      'rule.rolled-back signer',
    ])
      expect(said).toContain(line);
  });

  it('thresholds of one point are tried, changed with a reason, and their history is read', async () => {
    const thresholds = [{ rule: 'reference.change', level: 'red', value: 5 }];
    const run = await finished(await author.post<DryRunView>(`/hazard-points/${point}/thresholds/trial`, { thresholds, days: 1 }));
    expect(run).toMatchObject({ state: 'done', trial: { hazardPoint: point }, totals: { warningsMore: { red: 1 } } });
    const patch = (body: object) => station.api.call<HazardPoint>('PATCH', `/hazard-points/${point}`, body);
    expect(await refused(patch({ thresholds: [{ rule: 'reference.change', level: 'red', value: 6 }], trial: run.id }))).toBe(
      'illegal-transition',
    );
    await patch({ thresholds, reason: '现场复核', trial: run.id });
    const band = () =>
      station.wall.events.map(({ payload }) => payload as SystemAlarm).findLast(({ code }) => code === 'threshold-unused:reference');
    await patch({ thresholds: [...thresholds, { rule: 'reference.chang', level: 'blue', value: 1 }] });
    expect(await until('the band of a threshold that rules nothing', PATIENCE_MS, band)).toMatchObject({ standing: true });
    await patch({ thresholds: [] });
    await until('the end of the band', PATIENCE_MS, () => band()?.standing === false);
    const history = await station.api.all<ThresholdChange>(`/hazard-points/${point}/thresholds`);
    expect(history).toMatchObject([
      { by: 'admin', after: [], trial: null },
      { by: 'admin', before: thresholds, trial: null },
      { by: 'admin', reason: '现场复核', trial: run.id, before: [], after: thresholds },
    ]);
  });

  it('a bad file takes nothing away, is told with its line, and is forgotten when mended', async () => {
    const file = path.join(rulesDir, 'reference.rules.yaml');
    const alarms = () =>
      station.wall.events
        .filter(({ type }) => type === 'system.alarm')
        .map(({ payload }) => payload as SystemAlarm)
        .filter(({ code }) => code === 'rulebook-file:reference.rules.yaml');
    writeFileSync(file, draft.replace('cooldown: 0 min', 'cooldown: soon'));
    const alarm = await until('the alarm', PATIENCE_MS, () => alarms().at(-1));
    const line = draft.split('\n').findIndex((each) => each.startsWith('cooldown')) + 1;
    expect(alarm).toMatchObject({ standing: true });
    expect(alarm.text.zh).toContain(`reference.rules.yaml:${line}`);
    expect((await rule()).active?.version).toBe(before);
    writeFileSync(file, shipped.replace('after: 10 min', 'after: 12 min'));
    await until('the end of the alarm', PATIENCE_MS, () => alarms().at(-1)?.standing === false);
    const waiting = await until('the new version', PATIENCE_MS, async () =>
      (await station.api.all<RuleVersionView>('/rules/reference/versions')).find((each) => each.text.includes('12 min')),
    );
    expect(waiting).toMatchObject({ author: 'release', active: false });
  });

  it('what is in force goes out to files, and comes back as the same version', async () => {
    const out = path.join(rulesDir, 'out');
    const { stdout } = await promisify(execFile)(process.execPath, [
      path.join(packageRoot(), 'scripts/rulebook.mjs'),
      'export',
      '--out',
      out,
      '--station',
      station.url,
      '--token',
      author.token,
    ]);
    expect(stdout).toContain(before);
    const text = readFileSync(path.join(out, 'reference.rules.yaml'), 'utf8');
    expect(text).toMatch(
      new RegExp(
        `^#= rulebook: reference\n#= version: ${before}\n#= written: .* by release: file reference.rules.yaml\n#= in force since: .* by signer: 误报太多\n`,
      ),
    );
    const known = (await station.api.all<RuleVersionView>('/rules/reference/versions')).length;
    writeFileSync(path.join(rulesDir, 'reference.rules.yaml'), text);
    // The next change shows that this one was read.
    writeFileSync(path.join(rulesDir, 'again.rules.yaml'), text.replace('rulebook: reference\ntitle', 'rulebook: again\ntitle'));
    await until('the next file', PATIENCE_MS, async () =>
      (await station.api.all<RuleVersionView>('/rules')).some((each) => each.rulebook === 'again'),
    );
    expect(await station.api.all<RuleVersionView>('/rules/reference/versions')).toHaveLength(known);
  });

  it('a rulebook nobody had before is in force as soon as its file is there', async () => {
    writeFileSync(path.join(rulesDir, 'new.rules.yaml'), shipped.replace('rulebook: reference', 'rulebook: new-valley'));
    await until('the new rulebook', PATIENCE_MS, async () =>
      (await station.api.all<RuleVersionView>('/rules')).some((each) => each.rulebook === 'new-valley'),
    );
    await station.county.createPoint('513221030051', { rulebook: 'new-valley' });
    expect(station.errors.filter((error) => !/rulebook-file:|threshold-unused:/.test(error))).toEqual([]);
  });
});
