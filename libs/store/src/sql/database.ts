import { escapeLiteral, Pool, TypeOverrides, types, type PoolClient, type QueryResult } from 'pg';
import { CopyIn } from './copy-in.js';
import { CopyOut } from './copy-out.js';
import { StoreAway, storeError } from './errors.js';
import type { Answer, Statement } from './statement.js';
import { Together } from './together.js';

/** Something statements can be sent to: the database, or one transaction in it. */
export interface Sql {
  /** Rows of the answer. `bigint` and `count` come as number, `timestamptz` as epoch milliseconds, `jsonb` parsed. */
  query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /**
   * For statements without rows of interest: how many rows they touched.
   * @param name of a statement that is sent again and again: parsed and planned once a connection
   */
  run(sql: string, params?: readonly unknown[], name?: string): Promise<number>;
}

export interface DatabaseOptions {
  url: string;
  /** Connections at most. Default 10. */
  max?: number;
  /** Longest a statement may take; 0 = no limit, for migrations. Default 30 s. */
  statementTimeoutMs?: number;
  /** Told of errors on idle connections, which no caller is waiting for. */
  onIdleError?: (error: Error) => void;
  /** Longest wait for the server's own time-out to arrive, ms. Default 5 s. */
  answerGraceMs?: number;
  /** Longest wait for a connection, ms. Default 5 s. */
  connectTimeoutMs?: number;
  /** What the server shows these connections as (pg_stat_activity). Default `wangshan`. */
  name?: string;
  /** Told of the server's process behind each connection, when it is made. */
  onBackend?: ((pid: number) => void) | undefined;
}

/**
 * Longest a statement may take, ms. Shorter kills an honest history query on a slow disk; longer lets one lost socket
 * (half-open after a network fault) hold a PUBACK beyond the device's own time-out.
 */
const STATEMENT_TIMEOUT_MS = 30_000;
/** The client's own limit is this much later, so that the server's clearer error wins whenever the server still answers. */
const ANSWER_GRACE_MS = 5_000;
/** Longest wait for a free or new connection, ms. Shorter fails during a checkpoint; longer hides that the database is away. */
const CONNECT_TIMEOUT_MS = 5_000;

const { INT8, TIMESTAMPTZ } = types.builtins;

/** How columns become values. Sequences stay far below 2^53, so a number loses nothing. */
const columnTypes = new TypeOverrides();
columnTypes.setTypeParser(INT8, Number);
columnTypes.setTypeParser(TIMESTAMPTZ, timeOf);

/** `2026-11-21 03:53:17.123+00`, as every session here prints it (UTC, ISO) → epoch ms. */
function timeOf(text: string): number {
  const plain = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/.exec(text);
  if (plain) return Date.parse(`${plain[1]}T${plain[2]}Z`);
  // Years outside 0001–9999, BC and infinity: the driver's own parser knows them.
  const parsed: unknown = types.getTypeParser(TIMESTAMPTZ, 'text')(text);
  return parsed instanceof Date ? parsed.getTime() : Number(parsed);
}

/** One PostgreSQL database: a pool of connections, statements and transactions. The only class that touches the driver. */
export class Database implements Sql {
  #closing = false;
  readonly pool: Pool;
  readonly #connections = new Set<PoolClient>();

  constructor(options: DatabaseOptions) {
    const limit = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
    this.pool = new Pool({
      connectionString: options.url,
      max: options.max ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      statement_timeout: limit,
      query_timeout: limit === 0 ? 0 : limit + (options.answerGraceMs ?? ANSWER_GRACE_MS),
      keepAlive: true,
      application_name: options.name ?? 'wangshan',
      // UTC inside, and an acknowledged commit is on disk (promise 1) whatever the server's default says.
      options: '-c timezone=UTC -c datestyle=ISO -c synchronous_commit=on',
      types: columnTypes,
    });
    this.pool.on('error', (error) => {
      if (!this.#closing) options.onIdleError?.(error);
    });
    this.pool.on('connect', (client) => {
      this.#connections.add(client);
      // The driver keeps it for cancelling; its types don't know it.
      const { processID } = client as unknown as { processID?: number | null };
      if (processID) options.onBackend?.(processID);
    });
    this.pool.on('remove', (client) => this.#connections.delete(client));
  }

  /**
   * Breaks every connection off. What is under way rejects at once with a StoreAway of unknown outcome, instead of waiting out its
   * limit on a server that has stopped; the next statement connects anew.
   */
  breakOff(): void {
    for (const client of this.#connections) {
      // The driver has no call for it; `connection` is its socket's owner.
      const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } };
      connection?.stream?.destroy();
    }
  }

  /** @throws StoreAway, DataRefused, or the driver's error for a statement that is wrong */
  async query<R extends object>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return (await this.#send(this.pool, sql, params)).rows as R[];
  }

  /** @throws as `query` */
  async run(sql: string, params: readonly unknown[] = [], name?: string): Promise<number> {
    return (await this.#send(this.pool, sql, params, name)).rowCount ?? 0;
  }

  /**
   * Rows into a table by `copy … from stdin (format binary)`: all of them, or none and an error. One round trip.
   * @param tuples as PostgreSQL's binary format of COPY has them
   * @throws as `query`
   */
  async copyIn(sql: string, tuples: Buffer): Promise<void> {
    await this.#submit(sql, (done) => new CopyIn(sql, tuples, done));
  }

  /**
   * Rows as they lie in the table, by `copy (…) to stdout (format binary)`: for columns of many bytes. It takes no parameters: what comes from outside is
   * written into the statement with `literal`.
   * @returns the fields of each row as PostgreSQL's binary format has them
   * @throws as `query`
   */
  async copyOut(sql: string): Promise<(Buffer | null)[][]> {
    return (await this.#submit(sql, (done) => new CopyOut(sql, done))).rows;
  }

  /** One question of our own making on a connection of its own. */
  async #submit<Q extends CopyIn | CopyOut>(sql: string, make: (done: (error?: Error | null) => void) => Q): Promise<Q> {
    const client = await this.#connect();
    // A connection that breaks tells the statement under way, and says it once more by this event.
    client.on('error', ignore);
    let broken = false;
    try {
      return await new Promise<Q>((resolve, reject) => {
        const question: Q = make((error) => (error ? reject(error) : resolve(question)));
        client.query(question);
      });
    } catch (error) {
      const meant = storeError(error, sql);
      broken = meant instanceof StoreAway;
      throw meant;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects.
   * @throws as `query`. A StoreAway thrown by the commit itself leaves open whether it was written: write idempotently.
   */
  async tx<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const sql: Sql = {
      query: async <R extends object>(text: string, params: readonly unknown[] = []) =>
        (await this.#send(client, text, params)).rows as R[],
      run: async (text, params = [], name) => (await this.#send(client, text, params, name)).rowCount ?? 0,
    };
    // A connection lost between two statements has no caller of its own to tell; the next statement reports it.
    client.on('error', ignore);
    let broken = false;
    try {
      await sql.run('begin');
      const result = await work(sql);
      const { command } = await this.#send(client, 'commit', []);
      // After an error that `work` kept to itself the server answers a commit with a rollback and no error: what was not written would be acknowledged.
      if (command === 'ROLLBACK') throw new TypeError('a statement of this transaction failed unheard; nothing of it was written');
      return result;
    } catch (error) {
      broken = error instanceof StoreAway || !(await sql.run('rollback').then(yes, no));
      throw storeError(error);
    } finally {
      client.off('error', ignore);
      // A connection in an unknown state must not serve anyone else.
      client.release(broken);
    }
  }

  /**
   * Statements that do not need one another's answers, in one transaction: all of them, or none and an error. They leave in one write, and only
   * the last answer is waited for.
   * @returns the answer to each
   * @throws as `tx`; a statement's own `meaning` of its error
   */
  async together(statements: readonly Statement[]): Promise<Answer[]> {
    const client = await this.#connect();
    client.on('error', ignore);
    let broken = false;
    try {
      const question = await new Promise<Together>((resolve, reject) => {
        const asked: Together = new Together([begin, ...statements, commit], columnTypes, (error) =>
          error ? reject(new Refused(error, asked)) : resolve(asked),
        );
        client.query(asked);
      });
      return question.answers.slice(1, -1).map(({ rows, rowCount }) => ({ rows: rows as object[], rowCount: rowCount ?? 0 }));
    } catch (error) {
      if (!(error instanceof Refused)) {
        // Not even sent to its end: what the server has of it must not be committed by whoever is next.
        broken = true;
        throw error;
      }
      const failed = statements[error.question.at - 1];
      const meant = storeError(error.cause, failed?.text ?? 'commit');
      broken = meant instanceof StoreAway || error.question.namesDoubtful || !(await client.query('rollback').then(yes, no));
      throw failed?.meaning?.(meant) ?? meant;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  /** True when the database answers. Never throws. */
  async ping(): Promise<boolean> {
    return this.query('select 1').then(yes, no);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.pool.end();
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw storeError(error);
    }
  }

  async #send(target: Pool | PoolClient, sql: string, params: readonly unknown[], name?: string): Promise<QueryResult> {
    try {
      return await target.query({ name, text: sql, values: params as unknown[] });
    } catch (error) {
      throw storeError(error, sql);
    }
  }
}

const begin = { name: 'begin', text: 'begin', values: [] };
const commit = { name: 'commit', text: 'commit', values: [] };

/** What the server said to statements that left together. */
class Refused extends Error {
  constructor(
    override readonly cause: Error,
    readonly question: Together,
  ) {
    super(cause.message, { cause });
  }
}

/** For events another place reports. */
const ignore = (): void => undefined;
const yes = (): boolean => true;
const no = (): boolean => false;

/** A text as it stands in a statement that takes no parameters. */
export const literal = escapeLiteral;

/** Epoch milliseconds as a parameter for a `timestamptz` column. */
export const at = (ms: number): Date => new Date(ms);
/** As `at`, for a time that may be missing. */
export const atOrNull = (ms: number | null | undefined): Date | null => (ms === null || ms === undefined ? null : new Date(ms));
