import { Client } from 'pg';
import { PATIENCE_MS } from './until.js';

/** What test databases are made on. */
interface TestServer {
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
}

/** Address of a server somebody else started, as a role that may create databases: `npm test` sets it for its run on TimescaleDB. */
export const givenServer = (): string | undefined => process.env['WANGSHAN_TEST_DATABASE'] || undefined;

/**
 * Makes databases on a given server, with TimescaleDB in them where the server has it. A database that an earlier run left is
 * removed first: its name is made of the test's title, so it is nobody else's.
 */
export function serverAt(url: string): TestServer {
  return {
    async createDatabase(name) {
      await administer(url, async (client) => {
        await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
        await client.query(`create database ${client.escapeIdentifier(name)} template template0 encoding 'UTF8' locale 'C'`);
      });
      const own = Object.assign(new URL(url), { pathname: `/${name}` }).toString();
      await administer(own, async (client) => {
        const { rowCount } = await client.query(`select 1 from pg_available_extensions where name = 'timescaledb'`);
        if (rowCount) await client.query('create extension timescaledb');
      });
      return own;
    },
    dropDatabase: (name) =>
      administer(url, async (client) => {
        await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
      }),
  };
}

async function administer(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
