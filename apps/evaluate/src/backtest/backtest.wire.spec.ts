import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, toIso, type StoredReading } from '#libs/contracts';
import { createLogger, DataKey, InProcessBus, Metrics, packageRoot } from '#libs/platform';
import { openStore } from '#libs/store';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { aPoint } from '../../../../libs/store/src/fakes/records.js';
import { runBacktest } from './main.js';

const root = packageRoot();
const reference = path.join(root, 'alert-rules', 'reference.rules.yaml');
const t0 = Date.UTC(2026, 6, 1);
/** A crack that opens 45 mm in its 61st minute. */
const opening = Array.from({ length: 70 }, (_, minute) => ({ time: t0 + minute * MINUTE, value: minute < 61 ? 0 : 45 }));
let folder = '';
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'backtest-wire-'))));
afterAll(() => rmSync(folder, { recursive: true }));

type Line = Record<string, unknown> & { level?: string; at?: string; state?: string };
const lines = (text: string): Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const first = (all: readonly Line[], level: string, state: string): string | undefined =>
  all.find((line) => line.level === level && line.state === state)?.at;

describe('the built program', () => {
  const program = path.join(root, 'dist/apps/evaluate/src/backtest/main.js');
  /** As `npm run backtest` runs it, in a directory that knows nothing of the repository. */
  function run(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
    if (!existsSync(program)) throw new Error(`${program} is not there: run "npm run build" first`);
    const code = `import { runBacktest } from ${JSON.stringify(pathToFileURL(program).href)};
      process.exitCode = await runBacktest(${JSON.stringify(args)}, process.env);`;
    return new Promise((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', code], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : 0 }),
      );
    });
  }

  it('judges files side by side in threads, and says the same as one thread', async () => {
    for (const name of ['slope-a', 'slope-b', 'slope-c'])
      writeFileSync(
        path.join(folder, `${name}.csv`),
        ['time,channel,value', ...opening.map(({ time, value }) => `${toIso(time)},L1_LF_1,${value}`)].join('\n'),
      );
    const files = ['slope-a', 'slope-b', 'slope-c'].flatMap((name) => ['--data', `${name}.csv`]);
    const threads = await run('--rules', reference, ...files, '--events', 'none', '--json', '--threads', '3');
    const alone = await run('--rules', reference, ...files, '--events', 'none', '--json', '--threads', '1');
    expect(threads.stderr).toBe('');
    expect(threads.stdout).toBe(alone.stdout);
    const all = lines(threads.stdout);
    expect(all.filter(({ level }) => level === 'red').map(({ hazardPoint }) => hazardPoint)).toEqual([
      'slope-a',
      'slope-a',
      'slope-b',
      'slope-b',
      'slope-c',
      'slope-c',
    ]);
    expect(all.at(-1)).toMatchObject({ total: { points: 3 } });
  });

  it('ends with 1 and names the fault of a rulebook with its line', async () => {
    const text = readFileSync(reference, 'utf8').replace('red: 80 mm', 'red: 80 cm');
    writeFileSync(path.join(folder, 'wrong.rules.yaml'), text);
    const { code, stdout, stderr } = await run('--rules', 'wrong.rules.yaml', '--data', 'slope-a.csv', '--json');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/wrong\.rules\.yaml:\d+: indicators\.rain\.thresholds\.red/);
  });
});

describe('a point of a database', () => {
  let home: TestDatabase;
  beforeAll(async () => {
    home = await testDatabase('backtest of a point of a database');
    const store = await openStore({
      url: home.url,
      bus: new InProcessBus(),
      dataKey: new DataKey('k'.repeat(40)),
      logger: createLogger('silent'),
      metrics: new Metrics(),
      clock: { now: () => t0 },
    });
    await store.registry.insertPoint(aPoint({ unifiedCode: '5001120001', kind: 'landslide', rulebook: 'reference' }));
    await store.registry.insertDevice({
      deviceId: 'E1',
      profile: 'crack-meter',
      hazardPoint: '5001120001',
      divisionCode: '500112',
      interval: 60,
      synthetic: false,
      createdAt: toIso(t0),
      secretHash: 'x',
    });
    const text = readFileSync(reference, 'utf8');
    const version = { rulebook: 'reference', version: 'abcdef123456' };
    await store.rules.insert({ ...version, text, author: 'release', reason: 'spec', createdAt: t0 });
    await store.rules.activate({
      ...version,
      instead: undefined,
      kind: 'release',
      by: 'release',
      at: t0,
      reason: 'spec',
      dryRun: null,
      forced: false,
    });
    // The minute of the jump came half an hour late.
    const readings = opening
      .map(({ time, value }, minute) => ({
        time,
        value,
        receivedAt: minute === 61 ? t0 + 91 * MINUTE : time + 500,
        quality: minute === 61 ? (['late'] as const) : [],
      }))
      .toSorted((a, b) => a.receivedAt - b.receivedAt)
      .map((one, at): StoredReading => ({
        deviceId: 'E1',
        hazardPoint: '5001120001',
        channel: 'L1_LF_1',
        seq: at + 1,
        ...one,
        quality: [...one.quality],
      }));
    await store.readings.commit({ readings, quarantine: [] });
    await store.close();
  });
  afterAll(() => home.drop());

  async function run(...more: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runBacktest(
      ['--hazard-point', '5001120001', '--from', toIso(t0), '--to', toIso(t0 + 70 * MINUTE), '--database', home.url, '--json', ...more],
      {},
      { out: (line) => void out.push(line), err: (line) => void err.push(line) },
    );
    return { code, all: code === 0 ? lines(out.join('\n')) : [], err };
  }

  it('is judged by the rulebook in force, in the order its readings arrived', async () => {
    const { code, all, err } = await run();
    expect([code, err]).toEqual([0, []]);
    expect(all.at(-1)).toMatchObject({
      summary: {
        readings: 70,
        rulebook: { id: 'reference', version: 'abcdef123456' },
        input: { late: 1, devices: [{ deviceId: 'E1', interval: 60, given: true }] },
      },
    });
    // The sample of minute 61 was not there yet: minute 62 is the first, minute 63 the second.
    expect(first(all, 'red', 'candidate')).toBe(toIso(t0 + 62 * MINUTE + 500));
    expect(first(all, 'red', 'confirmed')).toBe(toIso(t0 + 63 * MINUTE + 500));
  });

  it('or as if each had come at its own time', async () => {
    const { all } = await run('--on-time');
    expect(first(all, 'red', 'candidate')).toBe(toIso(t0 + 61 * MINUTE));
    expect(all.at(-1)).toMatchObject({ summary: { readings: 70, input: { late: 0 } } });
  });

  it('nobody knows is said by its name', async () => {
    const { code, err } = await run('--hazard-point', '5001129999');
    expect(code).toBe(1);
    expect(err.join()).toContain('5001129999');
  });
});
