import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IndicatorValue, StoredReading } from '#libs/contracts';
import { parseRulebook, PointEvaluator, type PointSetup, type Rulebook, type Stretch } from '#libs/evaluate';
import { packageRoot } from '#libs/platform';
import { replay, type ReplayChange } from '#libs/stream';
import { instrumentAccuracy } from '../points/instrument-accuracy.js';

/** One value of one channel, as it arrived: no history here came late. */
export interface Sample {
  deviceId: string;
  channel: string;
  /** epoch ms */
  time: number;
  value: number;
}

/** What a record is judged as. */
export interface Subject extends Pick<PointSetup, 'devices' | 'rulebook'> {
  point?: Partial<PointSetup['point']>;
}

/** What the station would have said of a record. */
export interface Judged {
  said: ReplayChange[];
  period: Stretch;
  readings: number;
}

/** A look at the point's indicators after everything up to a time has been judged. */
export type Look = (time: number, indicators: readonly IndicatorValue[]) => void;

const hazardPoint = 'SKILL';
const rulebooks = new Map<string, Rulebook>();

/** A rulebook by its file under the root of the repository, e.g. `alert-rules/landslide-soil.rules.yaml`. */
export function rulebookAt(file: string): Rulebook {
  const known = rulebooks.get(file);
  if (known) return known;
  const made = parseRulebook(readFileSync(path.join(packageRoot(), file), 'utf8'), path.basename(file), 'skill');
  rulebooks.set(file, made);
  return made;
}
export const shipped = (name: string): Rulebook => rulebookAt(`alert-rules/${name}.rules.yaml`);

/**
 * Judges a record as `npm run backtest` does: the station's own stream and evaluator, on the record's clock.
 * @param samples in the order of their time
 * @param look asked after each moment from `from` to `to` that has samples; a look costs time
 * @param until the clock goes on to here, epoch ms
 */
export async function judge(
  subject: Subject,
  samples: readonly Sample[],
  {
    look,
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
    until,
  }: { look?: Look; from?: number; to?: number; until?: number } = {},
): Promise<Judged> {
  const evaluator = new PointEvaluator({
    rulebook: subject.rulebook,
    devices: subject.devices,
    accuracy: instrumentAccuracy(),
    point: { unifiedCode: hazardPoint, thresholds: [], ...subject.point },
  });
  const said: ReplayChange[] = [];
  const judged = (batch: readonly StoredReading[]): void => {
    const time = batch.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    if (look && time >= from && time <= to) look(time, evaluator.picture(0).indicators);
  };
  const alone = (time: number) => look !== undefined && time >= from && time <= to;
  const done = await replay({ hazardPoint, evaluator, said: (change) => void said.push(change), judged }, batches(samples, alone), until);
  return { said, period: { from: done.from ?? 0, to: done.to ?? 0 }, readings: done.readings };
}

/** Readings judged at a time where nobody looks. */
const batchSize = 4_096;

/** Samples as readings; those of a moment somebody looks at are a batch of their own. */
function* batches(samples: readonly Sample[], alone: (time: number) => boolean): Generator<StoredReading[]> {
  let batch: StoredReading[] = [];
  for (const [index, { deviceId, channel, time, value }] of samples.entries()) {
    const before = batch.at(-1)?.time;
    if (before !== undefined && (batch.length >= batchSize || (time !== before && (alone(time) || alone(before))))) {
      yield batch;
      batch = [];
    }
    batch.push({ hazardPoint, deviceId, channel, time, value, quality: [], receivedAt: time, seq: index + 1 });
  }
  if (batch.length > 0) yield batch;
}
