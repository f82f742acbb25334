import { canonicalChannel } from '#libs/contracts';
import { numberAt, TimeReader } from './bytes.js';

const newline = 10;
const comma = 44;
const quote = 34;
const carriage = 13;
const space = 32;

/** What a row must have, and may have. */
const columnNames = ['time', 'channel', 'value', 'device', 'received'] as const;
type Column = (typeof columnNames)[number];

const nothing = Buffer.alloc(0);

/** Why a line is not a reading. */
export type BadLine = 'time' | 'channel' | 'value' | 'no-value' | 'device' | 'received' | 'columns';

/** A series of the file: the channel of a device. */
export interface Series {
  /** '' where the file has no device column. */
  device: string;
  channel: string;
}

/** Where the rows of a file go. */
export interface RowSink {
  /** A reading, in file order. @param series index into `scanner.series` @param received NaN without the column */
  row(time: number, series: number, value: number, received: number): void;
  bad(line: number, why: BadLine, text: string): void;
}

/** The file is no history at all: its header lacks something. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/**
 * Reads `time,channel,value[,device][,received]` chunk by chunk. Columns may stand in any order and others may stand between them; a field may be
 * quoted, without commas or quotes inside. Nothing is skipped in silence: what is no reading goes to `bad` with its line number (header = 1).
 */
export class CsvScanner {
  readonly series: Series[] = [];
  readonly #known = new Map<string, number>();
  /** Bytes of each series' channel and device as they stand in the file: most rows are recognised by them, without making a text. */
  readonly #bytes: { channel: Buffer; device: Buffer }[] = [];
  /** Which series came after which the last time: devices report in turn. */
  readonly #after: number[] = [];
  #last = 0;
  #columns: number[] | undefined;
  #width = 0;
  #line = 0;
  #rest: Buffer = nothing;
  readonly #starts: Int32Array = new Int32Array(64);
  readonly #ends: Int32Array = new Int32Array(64);
  readonly #time = new TimeReader();
  readonly #received = new TimeReader();

  constructor(private readonly sink: RowSink) {}

  /** Takes the next piece of the file. @throws CsvError at a header that will not do */
  push(piece: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece;
    const last = bytes.lastIndexOf(newline);
    if (last >= 0) this.#lines(bytes, last + 1);
    // Copied: the caller reads the next piece into the same memory.
    this.#rest = last + 1 === bytes.length ? nothing : Buffer.from(bytes.subarray(last + 1));
  }

  /** The file ends here; its last line may lack its newline. @throws CsvError for an empty file */
  end(): void {
    if (this.#rest.length > 0) this.push(Buffer.from([newline]));
    if (!this.#columns) throw new CsvError('the file is empty: expected a header "time,channel,value"');
  }

  #lines(bytes: Buffer, end: number): void {
    let from = 0;
    while (from < end) {
      this.#line += 1;
      let fields = 0;
      let start = from;
      let at = from;
      for (; ; at += 1) {
        const byte = bytes[at] as number;
        if (byte !== comma && byte !== newline) continue;
        if (fields < 64) {
          this.#starts[fields] = start;
          this.#ends[fields] = at;
        }
        fields += 1;
        start = at + 1;
        if (byte === newline) break;
      }
      if (fields <= 64) this.#trim(bytes, fields);
      if (!this.#columns) this.#header(bytes, fields);
      else if (fields > 1 || this.#ends[0] !== this.#starts[0]) this.#row(bytes, from, at, fields);
      from = at + 1;
    }
  }

  /** Spaces, quotes and the carriage return of Windows around each field. */
  #trim(bytes: Buffer, fields: number): void {
    for (let field = 0; field < fields; field += 1) {
      let start = this.#starts[field] as number;
      let end = this.#ends[field] as number;
      while (end > start && isTrim(bytes[end - 1] as number)) end -= 1;
      while (end > start && isTrim(bytes[start] as number)) start += 1;
      this.#starts[field] = start;
      this.#ends[field] = end;
    }
  }

  #header(bytes: Buffer, fields: number): void {
    const names = Array.from({ length: Math.min(fields, 64) }, (_, field) =>
      bytes
        .toString('utf8', this.#starts[field], this.#ends[field])
        .replace(/^\uFEFF/, '')
        .toLowerCase(),
    );
    const place = (name: Column): number => names.indexOf(name);
    const missing = columnNames.slice(0, 3).filter((name) => place(name) < 0);
    if (missing.length > 0)
      throw new CsvError(
        `line 1: no column ${missing.join(', ')}; expected a header "time,channel,value[,device][,received]", got "${names.join(',')}"`,
      );
    this.#columns = columnNames.map(place);
    this.#width = Math.max(...this.#columns) + 1;
  }

  #row(bytes: Buffer, from: number, to: number, fields: number): void {
    const [time = 0, channel = 0, value = 0, device = -1, received = -1] = this.#columns ?? [];
    if (fields < this.#width || fields > 64) return this.#bad('columns', bytes, from, to);
    const at = this.#time.at(bytes, this.#starts[time] as number, this.#ends[time] as number);
    if (Number.isNaN(at)) return this.#bad('time', bytes, from, to);
    const number = numberAt(bytes, this.#starts[value] as number, this.#ends[value] as number);
    if (!Number.isFinite(number)) return this.#bad(this.#starts[value] === this.#ends[value] ? 'no-value' : 'value', bytes, from, to);
    const arrived = received < 0 ? Number.NaN : this.#received.at(bytes, this.#starts[received] as number, this.#ends[received] as number);
    if (received >= 0 && Number.isNaN(arrived)) return this.#bad('received', bytes, from, to);
    const series = this.#seriesAt(bytes, channel, device);
    if (series === -1) return this.#bad('channel', bytes, from, to);
    if (series === -2) return this.#bad('device', bytes, from, to);
    this.sink.row(at, series, number, arrived);
  }

  #bad(why: BadLine, bytes: Buffer, from: number, to: number): void {
    this.sink.bad(this.#line, why, bytes.toString('utf8', from, Math.min(to, from + 120)).trimEnd());
  }

  /** @returns −1 for no channel, −2 for no device */
  #seriesAt(bytes: Buffer, channel: number, device: number): number {
    const guess = this.#after[this.#last] ?? -1;
    const known = this.#bytes[guess];
    if (known && this.#is(bytes, channel, known.channel) && (device < 0 || this.#is(bytes, device, known.device))) {
      this.#last = guess;
      return guess;
    }
    const channelBytes = bytes.subarray(this.#starts[channel], this.#ends[channel]);
    const deviceBytes = device < 0 ? nothing : bytes.subarray(this.#starts[device], this.#ends[device]);
    const names = { channel: canonicalChannel(channelBytes.toString()), device: deviceBytes.toString() };
    if (!/^[\w.-]+$/.test(names.channel)) return -1;
    if (device >= 0 && !/^[\w-]{1,64}$/.test(names.device)) return -2;
    const key = `${names.device}|${names.channel}`;
    let found = this.#known.get(key);
    if (found === undefined) {
      found = this.series.push(names) - 1;
      this.#known.set(key, found);
      this.#bytes.push({ channel: Buffer.from(channelBytes), device: Buffer.from(deviceBytes) });
    }
    this.#after[this.#last] = found;
    this.#last = found;
    return found;
  }

  #is(bytes: Buffer, field: number, known: Buffer): boolean {
    const start = this.#starts[field] as number;
    const { length } = known;
    if ((this.#ends[field] as number) - start !== length) return false;
    for (let at = 0; at < length; at += 1) if (bytes[start + at] !== known[at]) return false;
    return true;
  }
}

const isTrim = (byte: number): boolean => byte === space || byte === quote || byte === carriage || byte === 9;
