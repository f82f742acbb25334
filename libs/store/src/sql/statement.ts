import type { Sql } from './database.js';

/** One statement of a transaction whose statements do not wait for one another's answers. */
export interface Statement {
  /** It is sent again and again: parsed and planned once a connection, under this name. */
  name: string;
  text: string;
  values: readonly unknown[];
  /** What an error of this statement means to the caller; without it the error stands as it is. */
  meaning?: (error: unknown) => unknown;
}

/** What the database answered to one. */
export interface Answer {
  rowCount: number;
  /** Values as `Sql.query` has them. */
  rows: readonly object[];
}

/** Runs them one after another in a transaction of the caller's, where its other statements have to be waited for. */
export async function runAll(sql: Sql, statements: readonly Statement[]): Promise<void> {
  for (const { name, text, values, meaning } of statements) {
    try {
      await sql.run(text, values, name);
    } catch (error) {
      throw meaning ? meaning(error) : error;
    }
  }
}
