import { readConfig } from '#libs/platform';
import { openPointHistory, startEmbeddedPostgres } from '#libs/store';
import { anyPoint } from '../input/point-file.js';
import { UsageError, type BacktestOptions } from '../options.js';
import { nothingToClose, pointFrom, type Histories } from './histories.js';

/** A point of the database, and how it is described there. @throws UsageError when nobody knows it; StoreAway */
export async function storedHistory(
  asked: NonNullable<BacktestOptions['store']>,
  described: string | undefined,
  env: NodeJS.ProcessEnv,
  say: (text: string) => void,
): Promise<Histories> {
  const { url, close } = await databaseOf(asked.url, env, say);
  try {
    const store = await openPointHistory(url);
    let known: Awaited<ReturnType<typeof store.point>>;
    try {
      known = await store.point(asked.hazardPoint);
    } finally {
      await store.close();
    }
    if (!known) throw new UsageError(`no hazard point ${asked.hazardPoint} in the database`);
    const given = described === undefined ? {} : pointFrom(described);
    const { release: _release, rulebook, drill: _drill, closed: _closed, version: _v, createdAt: _c, updatedAt: _u, ...own } = known.point;
    const rules = known.rules && { file: `${rulebook}@${known.rules.version}`, ...known.rules };
    const { unifiedCode } = known.point;
    const point = { ...anyPoint, ...own, ...given, unifiedCode };
    return { all: [{ point, source: { kind: 'store', ...asked, url } }], rules, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The database that was named, the environment's, or the one of the data directory (started for the time of the run unless it runs already). */
async function databaseOf(given: string | undefined, env: NodeJS.ProcessEnv, say: (text: string) => void) {
  const { databaseUrl, dataDir } = readConfig(env);
  const named = given ?? databaseUrl;
  if (named) return { url: named, close: nothingToClose };
  const server = await startEmbeddedPostgres({ dataDir, port: 0, say });
  return { url: server.url, close: () => (server.adopted ? Promise.resolve() : server.stop()) };
}
