import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, toIso } from '#libs/contracts';
import { packageRoot } from '#libs/platform';
import { runBacktest } from './main.js';

const root = packageRoot();
const rules = path.join(root, 'alert-rules', 'landslide-rock.rules.yaml');
const start = Date.UTC(2012, 3, 13);
const firstIndex = 36_302;
const failure = toIso(start + (37_067 - firstIndex) * HOUR);
/** Preonzo 2012 as shipped, one sample an hour (its cadence is not in the source: see the recording's README), up to the jump at the collapse. */
const preonzo = readFileSync(path.join(root, 'simulators/terrain/recordings/preonzo-2012/E1.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').map(Number) as [number, number])
  .filter(([index, value]) => index < 37_063 && Number.isFinite(value) && value > 0)
  .map(([index, value]) => `${toIso(start + (index - firstIndex) * HOUR)},L1_LF_1,${value}`);

let folder = '';
const file = (name: string, lines: readonly string[]): string => {
  const place = path.join(folder, name);
  writeFileSync(place, lines.join('\n'));
  return place;
};
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'backtest-'));
  file('preonzo.csv', ['time,channel,value', ...preonzo]);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runBacktest(args, {}, { out: (line) => void out.push(line), err: (line) => void err.push(line) });
  return { code, out, err };
}
type Line = Record<string, unknown> & {
  at: string;
  level: string;
  from: string;
  state: string | null;
  summary: {
    readings: number;
    firstAt: Record<string, string>;
    confirmedAt: Record<string, string>;
    leadSeconds: Record<string, number> | null;
    timeInLevelSeconds: Record<string, number>;
    score: unknown;
  };
};
const json = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line);
const data = () => ['--data', path.join(folder, 'preonzo.csv')];

describe('npm run backtest', () => {
  it('Preonzo 2012 under the rulebook of rock slopes: yellow days, red a day before the failure, and only a candidate with one instrument', async () => {
    const { code, out, err } = await run('--rules', rules, ...data(), '--failure', failure, '--json');
    expect([code, err]).toEqual([0, []]);
    const lines = json(out);
    const { summary } = lines.at(-1)!;
    const changes = lines.slice(0, -1);
    expect(summary.readings).toBe(761);
    expect(changes.map(({ from }) => from)).toEqual(['unknown', ...changes.slice(0, -1).map(({ level }) => level)]);
    const { yellow = '', orange = '', red = '' } = summary.firstAt;
    expect(yellow < orange && orange < red && red < failure).toBe(true);
    expect(summary.leadSeconds!.red! / 3600).toBeGreaterThanOrEqual(24);
    expect(summary.leadSeconds!.red! / 3600).toBeLessThan(72);
    expect(summary.leadSeconds!.red).toBe((Date.parse(failure) - Date.parse(red)) / 1000);
    expect(summary.confirmedAt).not.toHaveProperty('red');
    const first = changes.find(({ level }) => level === 'red')!;
    expect(first).toMatchObject({ state: 'candidate', rule: { id: 'landslide-rock' } });
    expect(JSON.stringify(first.reasons)).toContain('threshold-reached');
    expect(Object.values(summary.timeInLevelSeconds).reduce((sum, one) => sum + one, 0)).toBe((Date.parse(failure) - start) / 1000);
    expect(summary.score).toMatchObject({
      told: { red: { hits: 1, misses: 0, falseAlarms: 0 } },
      confirmed: { red: { hits: 0, misses: 1 } },
    });
  });

  it('says the same byte for byte, whatever order the lines of the file are in', async () => {
    const shuffled = file('shuffled.csv', ['time,channel,value', ...preonzo.toReversed()]);
    const once = await run('--rules', rules, ...data(), '--json');
    const again = await run('--rules', rules, ...data(), '--json');
    const other = await run('--rules', rules, '--data', shuffled, '--json');
    expect(again.out).toEqual(once.out);
    expect(other.out.slice(0, -1)).toEqual(once.out.slice(0, -1));
    expect(json(once.out).at(-1)!.summary.leadSeconds).toBeNull();
  });

  it('names the lines that are no reading; with --strict it says nothing else and ends with 1', async () => {
    const spoilt = file('spoilt.csv', ['time,channel,value', ...preonzo.slice(0, 50), 'yesterday,L1_LF_1,1', ...preonzo.slice(50, 60)]);
    const { code, err, out } = await run('--rules', rules, '--data', spoilt, '--json');
    expect(code).toBe(0);
    expect(err.join()).toContain('spoilt.csv:52: ');
    expect(json(out).at(-1)!.summary).toMatchObject({ readings: 60, input: { bad: { count: 1, byReason: { time: 1 } } } });
    const strict = await run('--rules', rules, '--data', spoilt, '--strict', '--json');
    expect([strict.code, strict.out]).toEqual([1, []]);
  });

  it('tries out numbers, says which are no rulebook, and compares with another rulebook', async () => {
    const reference = path.join(root, 'alert-rules', 'reference.rules.yaml');
    const { out, code } = await run(
      '--rules',
      rules,
      ...data(),
      '--failure',
      failure,
      '--json',
      '--sweep',
      'velocity.threshold.red=5..35:15',
      '--compare',
      reference,
    );
    expect(code).toBe(0);
    const lines = json(out);
    const variants = lines.filter((line) => 'variant' in line) as unknown as {
      variant: object;
      fault?: string;
      points?: { leadSeconds: { red: number } }[];
    }[];
    expect(variants.map(({ variant }) => variant)).toEqual([5, 20, 35].map((red) => ({ 'velocity.threshold.red': red })));
    expect(variants[0]!.fault).toContain('at least the orange threshold');
    // A higher threshold warns no earlier.
    expect(variants[1]!.points![0]!.leadSeconds.red).toBeGreaterThanOrEqual(variants[2]!.points![0]!.leadSeconds.red);
    expect(lines.find((line) => 'compare' in line)).toMatchObject({
      compare: { points: [{ summary: { rulebook: { id: 'reference' } } }] },
    });
    expect(lines.at(-1)).toHaveProperty('summary');
  });

  it('adds several points up', async () => {
    const calm = file('calm-point.csv', ['time,channel,value', ...preonzo.map((line) => line.replace(/[^,]*$/, '600'))]);
    const events = file('events.csv', ['time,point,outcome', `${failure},preonzo,event`]);
    const { out } = await run('--rules', rules, ...data(), '--data', calm, '--events', events, '--json');
    expect(json(out).at(-1)).toMatchObject({
      total: { points: 2, score: { told: { red: { hits: 1, misses: 0, falseAlarms: 0 }, yellow: { hits: 1 } } } },
    });
    expect(json(out).filter((line) => 'summary' in line)).toHaveLength(2);
  });

  it('writes a report that needs nothing else', async () => {
    const report = path.join(folder, 'out.html');
    await run('--rules', rules, ...data(), '--failure', failure, '--report', report);
    const html = readFileSync(report, 'utf8');
    expect(html).toContain('岩质滑坡');
    expect(html).toContain('误报/站·年');
    expect(html.match(/<path d="M[^"]{500,}" stroke/g)?.length).toBeGreaterThanOrEqual(2);
    expect(html).not.toMatch(/<script|<link|https?:|NaN|undefined/);
    const parsed = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as {
      points: { curves: unknown[]; changes: unknown[] }[];
    };
    expect(parsed.points[0]!.curves.length).toBeGreaterThanOrEqual(2);
    expect(parsed.points[0]!.changes.length).toBeGreaterThan(3);
  });

  it('talks to people in both languages', async () => {
    const { out } = await run('--rules', rules, ...data());
    expect(out.join('\n')).toMatch(/黄色 yellow[\s\S]*未给出已知事件/);
  });

  it.each([
    [['--data', 'x.csv'], /--rules/],
    [['--rules', 'r.yaml'], /--data FILE\.csv/],
    [['--rules', rules, '--data', '/nowhere.csv'], /nowhere\.csv/],
    [['--rules', '/nowhere.yaml', '--data', 'x.csv'], /nowhere\.yaml/],
    [['--rules', rules, '--data', 'x.csv', '--failure', 'soon'], /--failure "soon"/],
    [['--rules', rules, '--data', 'x.csv', '--before', '7'], /--before 7/],
    [['--rules', rules, '--data', 'x.csv', '--sweep', 'x'], /expected e\.g\./],
    [['--rules', rules, '--data', 'x.csv', '--hazard-point', 'P00001'], /one history/],
    [['--rules', rules, '--data', 'x.csv', '--colour'], /--colour/],
  ])('%j ends with 1 and says what is missing', async (args, what) => {
    const { code, err, out } = await run(...args);
    expect([code, out]).toEqual([1, []]);
    expect(err.join('\n')).toMatch(what);
  });
});
