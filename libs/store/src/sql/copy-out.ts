import type { Connection } from 'pg';

/** Signature, flags and length of the header's extension, which a copy begins with. */
const headerBytes = 19;
/** In the place of the number of fields: no tuple follows. */
const end = -1;

/**
 * `copy (…) to stdout (format binary)` as the driver takes queries of others' making. Bytes arrive as they lie in the table: asked for as a column they are
 * written in hexadecimal digits, twice as long, and made a text of before they are bytes again.
 */
export class CopyOut {
  /** Fields of each row; null is null. Copies: the driver uses its memory again. */
  readonly rows: (Buffer | null)[][] = [];
  #isBegun = false;
  /** Called once, with the error or without. The driver puts its own around it, which ends at the time limit. */
  callback: (error?: Error | null) => void;

  constructor(
    private readonly sql: string,
    callback: (error?: Error | null) => void,
  ) {
    this.callback = callback;
  }

  submit(driver: Connection): void {
    // Its types know the rest only.
    (driver as unknown as { query(sql: string): void }).query(this.sql);
  }

  /** One row; the first has the header before it (PostgreSQL manual, "COPY", Binary Format). */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const from = this.#isBegun ? 0 : headerBytes;
    this.#isBegun = true;
    const count = chunk.length > from ? chunk.readInt16BE(from) : end;
    if (count === end) return;
    const row: (Buffer | null)[] = [];
    for (let field = 0, at = from + 2; field < count; field += 1) {
      const length = chunk.readInt32BE(at);
      at += 4;
      // `from` of a Buffer may give a part of a larger one, in which numbers lie anywhere.
      row.push(length < 0 ? null : alone(chunk.subarray(at, at + length)));
      at += Math.max(0, length);
    }
    this.rows.push(row);
  }

  /** All rows are there; the statement has ended only with `handleReadyForQuery`. */
  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

function alone(bytes: Buffer): Buffer {
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
