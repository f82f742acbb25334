import { Query, type Connection, type QueryResult, type TypeOverrides } from 'pg';
import type { Statement } from './statement.js';

/** What of the driver's connection is used; its types know the rest only. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  /** Names a statement was sent under that the server has not confirmed one by one. */
  readonly submittedNamedStatements: Record<string, string>;
  sync(): void;
}

/** What of the driver's query is used: it encodes one statement, and reads the answer to it. */
interface Asked {
  _result: QueryResult & { _types: TypeOverrides };
  submit(wire: Wire): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
}

/**
 * Statements as one question, as the driver takes queries of others' making (`CopyIn` is one): they leave in one write with one end (Sync) behind the last, so
 * the server answers them in one, where it otherwise sends, and wakes us for, an answer each. After an error it passes over all that follow (PostgreSQL
 * manual, "Extended Query"). Prepared by name, once a connection.
 */
export class Together {
  /** Called once, with the error or without. The driver puts its own around it, which ends at the time limit. */
  callback: (error?: Error | null) => void;
  readonly #asked: Asked[];
  readonly #names: readonly string[];
  #first: string[] = [];
  #answered = 0;

  constructor(statements: readonly Statement[], types: TypeOverrides, callback: (error?: Error | null) => void) {
    this.callback = callback;
    this.#names = statements.map(({ name }) => name);
    this.#asked = statements.map(({ name, text, values }) => {
      const asked = new Query({ name, text, values: [...values] }) as unknown as Asked;
      asked['_result']['_types'] = types;
      return asked;
    });
  }

  /** The answer to each statement. */
  get answers(): readonly QueryResult[] {
    return this.#asked.map(({ _result }) => _result);
  }

  /** Place of the statement under way: of the one that failed, after an error. */
  get at(): number {
    return this.#answered;
  }

  /** True after an error when it is not known which of the names the server has: the connection can't go on with them. */
  get namesDoubtful(): boolean {
    return this.#first.length > 0;
  }

  /** @throws what can't be encoded; the connection is of no use then */
  submit(connection: Connection): null {
    const wire = connection as unknown as Wire;
    // Of each statement but its end.
    const open = Object.assign(Object.create(wire) as Wire, { sync: () => undefined });
    wire.stream.cork();
    try {
      this.#first = this.#names.filter((name) => wire.submittedNamedStatements[name] === undefined);
      for (const asked of this.#asked) {
        const refused = asked.submit(open);
        if (refused) throw refused;
      }
    } finally {
      wire.sync();
      wire.stream.uncork();
    }
    return null;
  }

  handleRowDescription(message: unknown): void {
    this.#asked[this.#answered]?.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#asked[this.#answered]?.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, wire: Wire): void {
    this.#asked[this.#answered]?.handleCommandComplete(message, wire);
    this.#answered += 1;
  }

  handleReadyForQuery(): void {
    this.#first = [];
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}
