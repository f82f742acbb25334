import { MINUTE, type QualityFlag, type StoredReading } from '#libs/contracts';
import { CsvScanner, type Series } from './csv-scanner.js';
import { piecesOf } from './file-pieces.js';
import { batchSize, type History, type InputReport } from './history.js';
import { deviceOf, intervalOf, type PointFile } from './point-file.js';
import { Rows } from './rows.js';
import { survey, type Survey } from './survey.js';

const onTime: QualityFlag[] = [];
const tooLate: QualityFlag[] = ['late'];

/**
 * A CSV file as a history. Without a column `received` every reading is taken to have arrived at its own time, so the order of the file does
 * not matter: one that is out of order is sorted in memory, one in order is never longer than memory.
 * With it, readings are judged in the order they arrived, and late ones are marked as ingest marks them (contract.md, MQTT).
 * @throws CsvError, or that the file can't be read
 */
export function csvHistory(file: string, point: PointFile): History {
  const seen = survey(file);
  const places = placesOf(seen, point);
  const report: InputReport = {
    bad: seen.bad,
    duplicates: 0,
    sorted: seen.order !== undefined,
    late: 0,
    devices: [
      ...new Map(places.map(({ deviceId, interval, given }) => [deviceId, { deviceId, interval: interval / 1000, given }])).values(),
    ],
    channels: [...new Set(seen.series.map(({ channel }) => channel))],
  };
  return {
    report,
    from: seen.from,
    to: seen.to,
    *batches() {
      const maker = new ReadingMaker(places, point.unifiedCode, report);
      yield* seen.kept ? kept(seen.kept, seen.order, maker) : streamed(file, maker);
    },
  };
}

/** Where a series of the file belongs. */
interface Place extends Series {
  deviceId: string;
  /** ms */
  interval: number;
  given: boolean;
}

function placesOf({ series, steps }: Survey, point: PointFile): Place[] {
  const devices = series.map((one) => one.device || deviceOf(point, one.channel));
  return series.map((one, at) => {
    const deviceId = devices[at] ?? '';
    const given = intervalOf(point, deviceId);
    // The fastest channel of a device tells how often it uploads.
    const measured = Math.min(...steps.filter((step, of): step is number => devices[of] === deviceId && step !== undefined));
    const interval = given ?? (Number.isFinite(measured) ? Math.max(1000, measured) : 3_600_000);
    return { ...one, deviceId, interval, given: given !== undefined };
  });
}

/** Makes readings of rows, a batch at a time. */
class ReadingMaker {
  /** Made once and filled anew for every batch: the evaluator keeps numbers, never readings. */
  readonly #pool: StoredReading[] = [];
  readonly #newest: Float64Array;
  readonly #lateness: Float64Array;
  #count = 0;
  #seq = 0;

  constructor(
    private readonly places: readonly Place[],
    private readonly hazardPoint: string,
    private readonly report: InputReport,
  ) {
    this.#newest = new Float64Array(places.length).fill(Number.NaN);
    this.#lateness = Float64Array.from(places, ({ interval }) => Math.max(5 * MINUTE, 2 * interval));
  }

  get full(): boolean {
    return this.#count >= batchSize;
  }

  add(rows: Rows, row: number): void {
    const time = rows.time(row);
    const series = rows.series(row);
    if (time === this.#newest[series]) {
      this.report.duplicates += 1;
      return;
    }
    this.#newest[series] = time;
    const place = this.places[series] as Place;
    const arrived = rows.arrived(row);
    const late = arrived - time > (this.#lateness[series] as number);
    if (late) this.report.late += 1;
    let reading = this.#pool[this.#count];
    if (!reading) {
      const { hazardPoint } = this;
      reading = { deviceId: '', hazardPoint, channel: '', time: 0.5, value: 0.5, quality: onTime, receivedAt: 0.5, seq: 0 };
      this.#pool.push(reading);
    }
    reading.deviceId = place.deviceId;
    reading.channel = place.channel;
    reading.time = time;
    reading.value = rows.value(row);
    reading.quality = late ? tooLate : onTime;
    reading.receivedAt = arrived;
    reading.seq = this.#seq += 1;
    this.#count += 1;
  }

  /** The readings since the last call; good until the next one. */
  take(): readonly StoredReading[] {
    const batch = this.#count === this.#pool.length ? this.#pool : this.#pool.slice(0, this.#count);
    this.#count = 0;
    return batch;
  }
}

/** Rows that are in memory already, in the order of their arrival. */
function* kept(rows: Rows, order: Uint32Array | undefined, maker: ReadingMaker): Generator<readonly StoredReading[]> {
  for (let at = 0; at < rows.count; at += 1) {
    maker.add(rows, order ? (order[at] as number) : at);
    if (maker.full) yield maker.take();
  }
  yield maker.take();
}

/** A file too long to be kept: read once more, piece by piece. */
function* streamed(file: string, maker: ReadingMaker): Generator<readonly StoredReading[]> {
  // A piece of the file makes more than one batch, and a scanner can't stop half-way: rows wait in columns.
  const waiting = new Rows();
  // Bad lines are named and counted by the survey already.
  const scanner = new CsvScanner({ row: (...row) => waiting.row(...row), bad: () => undefined });
  function* flush(): Generator<readonly StoredReading[]> {
    for (let at = 0; at < waiting.count; at += 1) {
      maker.add(waiting, at);
      if (maker.full) yield maker.take();
    }
    waiting.clear();
  }
  for (const piece of piecesOf(file)) {
    scanner.push(piece);
    yield* flush();
  }
  scanner.end();
  yield* flush();
  yield maker.take();
}
