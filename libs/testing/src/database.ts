import { sha256 } from '#libs/platform';
import { inject } from 'vitest';
import { serverAt } from './given-server.js';

export interface TestDatabase {
  /** postgres:// address of an empty database of its own. */
  url: string;
  name: string;
  /** Removes the database. */
  drop(): Promise<void>;
}

const titles = new Set<string>();

/**
 * An empty database for one describe block, on the real PostgreSQL that all tests of the run share (server.ts).
 *
 * @param title names the database, so that a look from outside finds it; one title is used once, in all files
 * @throws if the title was used before in this file: two tests would share data by accident
 */
export async function testDatabase(title: string): Promise<TestDatabase> {
  if (titles.has(title)) throw new Error(`test database ${JSON.stringify(title)} is opened twice: give each describe block its own title`);
  titles.add(title);
  const server = serverAt(inject('server'));
  const name = databaseName(title);
  return { url: await server.createDatabase(name), name, drop: () => server.dropDatabase(name) };
}

/** Letters and digits of the title, and a piece of its hash: Chinese titles have no letters, long ones lose their end. */
const databaseName = (title: string): string => {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return `test_${words.slice(0, 40)}_${sha256(title).slice(0, 8)}`;
};
