import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomSecret } from '#libs/platform';
import { giveTo, runAs, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import { makeSegments } from './log-segments.js';
import { isCluster, type Place } from './place.js';
import { writePrivate } from './private-file.js';
import { EmbeddedPostgresError, texts } from './texts.js';

/** Role and database of the station. */
export const roleName = 'wangshan';

/**
 * Makes the cluster if there is none and answers its password.
 * @throws EmbeddedPostgresError if it is of another version, belongs to somebody else, or its password is lost
 */
export async function openCluster(
  place: Place,
  account: Account,
  binaries: Binaries,
  durable: boolean,
  say: (text: string) => void,
): Promise<string> {
  if (!isCluster(place.database)) return makeCluster(place, account, binaries, durable, say);
  const owner = statSync(place.database).uid;
  if (owner !== (account.ids?.uid ?? process.getuid?.() ?? owner)) throw new EmbeddedPostgresError(texts.notOwner(place.database));
  const found = readFileSync(join(place.database, 'PG_VERSION'), 'utf8').trim();
  if (found !== binaries.major) throw new EmbeddedPostgresError(texts.otherVersion(place.database, found, binaries.major));
  if (!existsSync(place.passwordFile)) throw new EmbeddedPostgresError(texts.noPassword(place.passwordFile, place.database));
  return readFileSync(place.passwordFile, 'utf8').trim();
}

/**
 * initdb works beside the final place and the result is renamed into it: a start killed half-way begins again. UTF8 with
 * locale C: text sorts by bytes, the same on every machine, and indexes survive an upgrade of the C library.
 */
async function makeCluster(
  place: Place,
  account: Account,
  binaries: Binaries,
  durable: boolean,
  say: (text: string) => void,
): Promise<string> {
  say(texts.initialising(place.database));
  const password = randomSecret();
  writePrivate(place.passwordFile, password);
  const half = `${place.database}.new`;
  const handover = `${place.database}.handover`;
  for (const leftover of [half, handover]) rmSync(leftover, { recursive: true, force: true });
  mkdirSync(dirname(place.database), { recursive: true });
  mkdirSync(half, { mode: 0o700 });
  giveTo(account, half);
  // initdb reads the password as the account; the station's own copy stays out of its reach.
  writePrivate(handover, password);
  giveTo(account, handover);
  const args = [
    '-D',
    half,
    '-U',
    roleName,
    '-A',
    'scram-sha-256',
    `--pwfile=${handover}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  const made = await runAs(account, join(binaries.directory, 'bin', 'initdb'), args).finally(() => rmSync(handover, { force: true }));
  if (made.code !== 0) throw new EmbeddedPostgresError(texts.failed('initdb', half, made.output.slice(-2000)));
  // Without durability nobody waits for a disk either.
  if (durable) await makeSegments(half, account);
  renameSync(half, place.database);
  return password;
}
