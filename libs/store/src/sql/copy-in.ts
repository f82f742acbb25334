import type { Connection } from 'pg';

/** What of the driver's connection is used; its types know the rest only. */
interface CopyConnection {
  readonly stream: { cork(): void; uncork(): void };
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * `copy … from stdin` as the driver takes queries of others' making (pg-cursor is one). Statement, data and end leave in one write without
 * waiting for the server's "go on": should it refuse the statement, it drops the data, as the protocol says of a copy that failed
 * (PostgreSQL manual, "COPY Operations"). One round trip, as any other statement.
 */
export class CopyIn {
  /** Called once, with the error or without. The driver puts its own around it, which ends at the time limit. */
  callback: (error?: Error | null) => void;

  constructor(
    private readonly sql: string,
    private readonly data: Buffer,
    callback: (error?: Error | null) => void,
  ) {
    this.callback = callback;
  }

  submit(driver: Connection): void {
    const connection = driver as unknown as CopyConnection;
    connection.stream.cork();
    connection.query(this.sql);
    connection.sendCopyFromChunk(this.data);
    connection.endCopyFrom();
    connection.stream.uncork();
  }

  /** The server's "go on": everything has been sent already. */
  handleCopyInResponse(): void {}

  /** Rows were written; the transaction has ended only with `handleReadyForQuery`. */
  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}
