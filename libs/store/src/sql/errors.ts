import { DatabaseError } from 'pg';

/**
 * The database can't be used just now: not reachable, shutting down, out of disk or connections. Nothing is known to be
 * written; whoever asked keeps the work (a device resends, a delivery stays leased) and tries again.
 */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
  constructor(
    message: string,
    /** True when the connection broke with a statement under way: it may have been committed all the same. */
    readonly outcomeUnknown: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The database answered that this data can't be stored. Trying again changes nothing. `sqlState` is PostgreSQL's code. */
export class DataRefused extends Error {
  override readonly name = 'DataRefused';
  constructor(
    message: string,
    readonly sqlState: string,
    /** Name of the constraint that was violated, when one was. */
    readonly constraint: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Classes of SQLSTATE (PostgreSQL manual, appendix A) that pass by themselves or by an operator's hand:
 * 08 connection, 25 read-only (a standby answers during fail-over), 40 rollback (deadlock), 53 resources (disk full, too
 * many connections), 55 object in use, 57 operator intervention (shutdown, time-out), 58 system error, XX internal.
 */
const awayClasses = new Set(['08', '25', '40', '53', '55', '57', '58', 'XX']);
/** Shutdown and crash end a session at any place, also between its commit and the answer; other errors end a statement before its commit. */
const abrupt = new Set(['57P01', '57P02']);
/** 22 data exception (`\u0000` in text), 23 integrity, 54 limit (an index row too large). */
const dataClasses = new Set(['22', '23', '54']);

/**
 * What an error of the driver means for the caller. An error of neither kind (a wrong statement, a missing right) comes
 * back unchanged: it is a fault of ours and must not look like weather.
 * @param statement the error was the answer to, where one was
 */
export function storeError(error: unknown, statement?: string): unknown {
  if (error instanceof StoreAway || error instanceof DataRefused) return error;
  if (error instanceof DatabaseError) {
    const state = error.code ?? '';
    if (state === GIVEN_UP && statement !== undefined) return slowStatement(statement, error);
    if (awayClasses.has(state.slice(0, 2)))
      return new StoreAway(`database is away: ${error.message} (${state})`, abrupt.has(state), { cause: error });
    if (dataClasses.has(state.slice(0, 2))) return new DataRefused(error.message, state, error.constraint, { cause: error });
    return error;
  }
  if (isConnectionError(error)) return new StoreAway(`database is away: ${error.message}`, !isRefusedConnection(error), { cause: error });
  return error;
}

/** Ended by its time limit, or by somebody's hand. */
const GIVEN_UP = '57014';

/** Characters of a statement that are enough to know it by. */
const STATEMENT_HEAD = 160;

/** The database is there: says which statement, or it would read as one that is away. It may be tried again like any other. */
const slowStatement = (statement: string, cause: DatabaseError): StoreAway =>
  new StoreAway(
    `the database is there, but a statement was given up (${GIVEN_UP}, ${cause.message}): ${statement.replace(/\s+/g, ' ').trim().slice(0, STATEMENT_HEAD)}`,
    false,
    { cause },
  );

/** Errors of the socket carry a system code; those of the driver's own making are known by their text only. */
const driverTexts =
  /connection (terminated|timeout|error)|timeout exceeded|read timeout|not queryable|after calling end|client was closed|client has encountered/i;

/** No connection was made, so nothing was sent. */
const isRefusedConnection = (error: Error): boolean =>
  error instanceof AggregateError
    ? error.errors.every((each) => each instanceof Error && isRefusedConnection(each))
    : (error as NodeJS.ErrnoException).syscall === 'connect' || /when trying to connect|due to connection timeout/i.test(error.message);

function isConnectionError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined || /^E[A-Z]+$/.test(code ?? '') || driverTexts.test(error.message);
}
