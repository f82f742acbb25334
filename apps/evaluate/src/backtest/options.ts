import { parseArgs } from 'node:util';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { defaultEventRule, parseSweep, type EventRule, type Sweep } from '#libs/evaluate';
import { timeGiven } from './input/events-file.js';

/** Something on the command line that makes no sense: said to the person, with what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface BacktestOptions {
  rules: string | undefined;
  compare: string | undefined;
  /** CSV files, one a point. */
  data: readonly string[];
  /** Point files: none, one for all, or one a CSV file. */
  points: readonly string[];
  store: { hazardPoint: string; from: number; to: number; url: string | undefined; order: 'arrival' | 'time' } | undefined;
  /** A file, or `none`: nothing ever happened here. */
  events: string | undefined;
  eventRule: EventRule;
  failure: number | undefined;
  sweeps: readonly Sweep[];
  report: string | undefined;
  json: boolean;
  strict: boolean;
  timing: boolean;
  threads: number | undefined;
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean', default: false } as const;

/** @throws UsageError naming the flag */
export function readOptions(args: readonly string[]): BacktestOptions {
  const { values } = parsed(args);
  const data = values.data ?? [];
  const hazardPoint = values['hazard-point'];
  if (data.length === 0 && hazardPoint === undefined)
    throw new UsageError('what history? --data FILE.csv, or --hazard-point CODE with --from and --to (see --help)');
  if (data.length > 0 && hazardPoint !== undefined) throw new UsageError('--data and --hazard-point: one history at a time');
  if (values.rules === undefined && hazardPoint === undefined) throw new UsageError('which rules? --rules FILE.rules.yaml (see --help)');
  const points = values.point ?? [];
  if (points.length > 1 && points.length !== data.length) throw new UsageError('--point: give one for all, or one for each --data');
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0))
    throw new UsageError(`--threads ${values.threads}: expected a whole number above 0`);
  return {
    rules: values.rules,
    compare: values.compare,
    data,
    points,
    store:
      hazardPoint === undefined
        ? undefined
        : { hazardPoint, ...span(values), url: values.database, order: values['on-time'] ? 'time' : 'arrival' },
    events: values.events,
    eventRule: {
      before: duration('before', values.before) ?? defaultEventRule.before,
      tolerance: duration('tolerance', values.tolerance) ?? defaultEventRule.tolerance,
      after: duration('after', values.after) ?? defaultEventRule.after,
    },
    failure: said(() => (values.failure === undefined ? undefined : timeGiven(values.failure, '--failure'))),
    sweeps: said(() => (values.sweep ?? []).map(parseSweep)),
    report: values.report,
    json: values.json,
    strict: values.strict,
    timing: values.timing,
    threads,
  };
}

function parsed(args: readonly string[]) {
  return said(() =>
    parseArgs({
      args: [...args],
      options: {
        rules: text,
        compare: text,
        data: texts,
        point: texts,
        'hazard-point': text,
        from: text,
        to: text,
        database: text,
        'on-time': flag,
        events: text,
        before: text,
        tolerance: text,
        after: text,
        failure: text,
        sweep: texts,
        report: text,
        json: flag,
        strict: flag,
        timing: flag,
        threads: text,
      },
    }),
  );
}

function span({ from, to }: { from?: string; to?: string }): { from: number; to: number } {
  return said(() => {
    if (from === undefined || to === undefined) throw new Error('--hazard-point: give --from and --to as well');
    return { from: timeGiven(from, '--from'), to: timeGiven(to, '--to') };
  });
}

const units: Record<string, number> = { min: MINUTE, h: HOUR, d: DAY };

function duration(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*(min|h|d)$/.exec(given.trim());
  if (!match) throw new UsageError(`--${name} ${given}: expected a duration such as "72 h" or 7d`);
  return Number(match[1]) * (units[match[2] ?? ''] ?? Number.NaN);
}

function said<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
