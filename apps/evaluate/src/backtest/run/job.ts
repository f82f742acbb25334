import type { IndicatorSeries, PointDecision, PointLevel, StoredReading, WarningLevel } from '#libs/contracts';
import { warningLevels } from '#libs/contracts';
import {
  parseRulebook,
  PointEvaluator,
  scopeFault,
  summaryOf,
  verify,
  type EventRule,
  type KnownEvent,
  type LevelSummary,
  type Rulebook,
  type Stretch,
  type Verification,
} from '#libs/evaluate';
import { replay } from '#libs/stream';
import { instrumentAccuracy } from '../../points/instrument-accuracy.js';
import { csvHistory } from '../input/csv-history.js';
import type { History, InputReport } from '../input/history.js';
import { anyPoint, type PointFile } from '../input/point-file.js';
import type { StoreSource } from '../input/store-history.js';
import type { Scored } from './totals.js';
import { bytesFreed, type Held } from './state-size.js';
import { Trace, type TracedCurve } from './trace.js';

/** Where a history lies. */
export type Source = { kind: 'csv'; file: string } | ({ kind: 'store' } & StoreSource);

/** One rulebook over the history of one point. Plain data: it travels to a worker thread. */
export interface Job {
  rules: { file: string; text: string; version: string };
  point: PointFile;
  source: Source;
  /** Known events of this point; null: nobody said, so no warning can be called right or false. */
  events: KnownEvent[] | null;
  eventRule: EventRule;
  failure: number | null;
  /** Keep curves for a report. */
  trace: boolean;
}

/** One thing that was said, for output. */
export interface SaidLine extends Pick<PointDecision, 'level' | 'certainty' | 'confirmedLevel' | 'rule' | 'reasons' | 'late'> {
  at: number;
  from: PointLevel;
}

export interface JobResult {
  hazardPoint: string;
  rulebook: { id: string; version: string; title: { zh: string; en: string }; status: string };
  said: SaidLine[];
  readings: number;
  period: Stretch;
  summary: LevelSummary;
  input: InputReport;
  /** By level and by what counts as a warning; null when no events are known. */
  verified: Record<Scored, Record<WarningLevel, Verification>> | null;
  indicators: Omit<IndicatorSeries, 'samples' | 'thinned'>[];
  curves: TracedCurve[] | null;
  timing: Timing;
}

/** CPU time of the process, ms (with one thread: of this job); for benches. Never in an answer: the same run must say the same. */
export interface Timing {
  surveyMs: number;
  runMs: number;
  series: number;
  /** Memory of the evaluator once everything is judged; null unless Node.js was started with --expose-gc. */
  stateBytes: number | null;
}

export interface JobProgress {
  readings: number;
  /** Share of the input, 0 to 1. */
  share: number;
}

/** Bytes between two words about progress. */
const progressEvery = 4_096 * 16;

/** @throws RulebookError, CsvError, or an Error saying what is wrong with the input */
export async function runJob(job: Job, progress?: (state: JobProgress) => void): Promise<JobResult> {
  const rulebook = parseRulebook(job.rules.text, job.rules.file, job.rules.version);
  checkScope(rulebook, job.point);
  const began = cpuTime();
  const history = await historyOf(job);
  const surveyed = cpuTime();
  if (history.from > history.to) throw new Error('no readings in the input: nothing to judge');
  const held: Held = {
    evaluator: new PointEvaluator({
      rulebook,
      point: job.point,
      devices: history.report.devices,
      accuracy: instrumentAccuracy(),
      curves: job.trace,
    }),
  };
  const said: SaidLine[] = [];
  const trace = job.trace ? new Trace(history.from, Math.max(history.to, job.failure ?? history.to)) : undefined;
  let count = 0;
  const judged = (batch: readonly StoredReading[]): void => {
    if (held.evaluator) trace?.take(batch, held.evaluator);
    count += batch.length;
    if (progress && count % progressEvery < batch.length)
      progress({ readings: count, share: ((batch.at(-1)?.time ?? history.from) - history.from) / Math.max(1, history.to - history.from) });
  };
  const hear = ({ at, from, level, certainty, confirmedLevel, rule, reasons, late }: SaidLine): void =>
    void said.push({ at, from, level, certainty, confirmedLevel, rule, reasons, late });
  const hazardPoint = job.point.unifiedCode;
  const done = await replay({ hazardPoint, ...(held as Required<Held>), said: hear, judged }, history.batches(), job.failure ?? undefined);
  const ran = cpuTime();
  const indicators = viewsOf(held);
  const stateBytes = await bytesFreed(held);
  const period = { from: done.from ?? 0, to: done.to ?? 0 };
  return {
    hazardPoint,
    rulebook: { id: rulebook.id, version: rulebook.version, title: rulebook.title, status: rulebook.status },
    said,
    readings: done.readings,
    period,
    summary: summaryOf(said, period, job.failure ?? undefined, job.eventRule),
    input: history.report,
    verified: job.events && verifiedAll(job, said, period),
    indicators,
    curves: trace?.curves() ?? null,
    timing: {
      surveyMs: surveyed - began,
      runMs: ran - surveyed,
      series: history.report.channels.length * history.report.devices.length,
      stateBytes,
    },
  };
}

/** Only what is known of the point can speak against the rulebook: a history nobody described may be judged by any. */
function checkScope({ id, scope }: Rulebook, point: PointFile): void {
  const { kind, divisionCode, unifiedCode, material } = point;
  if (kind === undefined) return;
  const asked = {
    ...scope,
    ...(divisionCode === undefined ? { divisions: undefined } : {}),
    ...(unifiedCode === anyPoint.unifiedCode ? { points: undefined } : {}),
  };
  const fault = scopeFault({ id, scope: asked }, { unifiedCode, kind, divisionCode: divisionCode ?? '', material });
  if (fault) throw new Error(`${fault.text.zh} ${fault.text.en}`);
}

const viewsOf = ({ evaluator }: Held): JobResult['indicators'] =>
  (evaluator?.series(Number.POSITIVE_INFINITY) ?? []).map(({ samples: _samples, thinned: _thinned, ...view }) => view);

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function historyOf({ source, point }: Job): Promise<History> {
  if (source.kind === 'csv') return csvHistory(source.file, point);
  // Whoever judges a file needs no database driver.
  const { storeHistory } = await import('../input/store-history.js');
  return storeHistory(source, point);
}

function verifiedAll({ events, eventRule }: Job, said: readonly SaidLine[], period: Stretch): JobResult['verified'] {
  const of = (counted: Scored) =>
    Object.fromEntries(warningLevels.map((level) => [level, verify(said, period, events ?? [], level, counted, eventRule)])) as Record<
      WarningLevel,
      Verification
    >;
  return { told: of('told'), confirmed: of('confirmed') };
}
