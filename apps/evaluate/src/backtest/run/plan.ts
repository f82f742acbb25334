import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseRulebook, RulebookError, rulebookVersion, variantsOf } from '#libs/evaluate';
import { readEvents, type PointEvent } from '../input/events-file.js';
import { anyPoint, type PointFile } from '../input/point-file.js';
import { UsageError, type BacktestOptions } from '../options.js';
import { nothingToClose, pointFrom, type Histories } from './histories.js';
import type { Job } from './job.js';

/** Rulebooks that differ from the one in question in a number or two. */
export interface VariantJobs {
  set: Readonly<Record<string, number>>;
  /** One a history; or why it is no rulebook. */
  jobs: Job[] | { fault: string };
}

/** Everything a run has to do. */
export interface Plan {
  jobs: Job[];
  /** The same histories under the other rulebook. */
  compared: Job[] | null;
  variants: VariantJobs[];
  /** Stops what was started to read the history. */
  close: () => Promise<void>;
}

/** Reads every file the options name. @throws UsageError, RulebookError, or an Error naming the file */
export async function planOf(options: BacktestOptions, env: NodeJS.ProcessEnv, say: (text: string) => void): Promise<Plan> {
  const known = options.events === undefined || options.events === 'none' ? [] : readEvents(options.events);
  const judgedByEvents = options.events !== undefined || options.failure !== undefined;
  // Whoever judges a file needs neither a database driver nor the time it takes to load.
  const histories = options.store
    ? await (await import('./stored.js')).storedHistory(options.store, options.points[0], env, say)
    : filedHistories(options);
  try {
    const rules = options.rules === undefined ? histories.rules : rulesFrom(options.rules);
    if (!rules) throw new UsageError('the point has no rulebook in force: say which with --rules');
    parseRulebook(rules.text, rules.file, rules.version);
    const jobsWith = (book: Job['rules']): Job[] =>
      histories.all.map(({ point, source }) => ({
        rules: book,
        point,
        source,
        events: judgedByEvents ? eventsOf(point, known, options.failure) : null,
        eventRule: options.eventRule,
        failure: options.failure ?? null,
        trace: false,
      }));
    const jobs = jobsWith(rules).map((job) => ({ ...job, trace: options.report !== undefined }));
    return {
      jobs,
      compared: options.compare === undefined ? null : jobsWith(rulesFrom(options.compare)),
      variants:
        options.sweeps.length === 0
          ? []
          : variantsOf(rules.text, options.sweeps).map(({ set, text }) => variantJobs(rules.file, set, text, jobsWith)),
      close: histories.close,
    };
  } catch (error) {
    await histories.close();
    throw error;
  }
}

function variantJobs(
  file: string,
  set: Readonly<Record<string, number>>,
  text: string,
  jobsWith: (book: Job['rules']) => Job[],
): VariantJobs {
  const rules = { file, text, version: versionOf(text) };
  try {
    parseRulebook(rules.text, rules.file, rules.version);
    return { set, jobs: jobsWith(rules) };
  } catch (error) {
    if (!(error instanceof RulebookError)) throw error;
    return { set, jobs: { fault: error.faults.map(({ where, message }) => `${where}: ${message}`).join('; ') } };
  }
}

const versionOf = (text: string): string => rulebookVersion(text, (one) => createHash('sha256').update(one).digest('hex'));

/** @throws Error naming the file; RulebookError */
function rulesFrom(file: string): Job['rules'] {
  const text = readFileSync(file, 'utf8');
  const rules = { file: path.basename(file), text, version: versionOf(text) };
  parseRulebook(rules.text, rules.file, rules.version);
  return rules;
}

/** A failure is an event like those of the file. */
function eventsOf({ unifiedCode }: PointFile, known: readonly PointEvent[], failure: number | undefined): Job['events'] {
  const own = known.filter(({ point }) => point === undefined || point === unifiedCode);
  const said = failure === undefined || own.some(({ at }) => at === failure) ? [] : [{ at: failure, outcome: 'event' as const }];
  return [...own, ...said].toSorted((a, b) => a.at - b.at);
}

function filedHistories({ data, points }: BacktestOptions): Histories {
  const all = data.map((file, at) => {
    const described = points[at] ?? points[0];
    const point = described === undefined ? anyPoint : pointFrom(described);
    // Of several files without a description each is a point of its own, named after its file.
    const named = data.length > 1 && point.unifiedCode === anyPoint.unifiedCode ? { ...point, unifiedCode: codeOf(file, at) } : point;
    return { point: named, source: { kind: 'csv' as const, file } };
  });
  return { all, rules: undefined, close: nothingToClose };
}

const codeOf = (file: string, at: number): string => {
  const name = path
    .basename(file, path.extname(file))
    .replace(/[^0-9A-Za-z_-]/g, '-')
    .slice(0, 32);
  return name.length >= 6 ? name : `${name}-point-${at + 1}`;
};
