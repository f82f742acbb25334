import { spawn, spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { EmbeddedPostgresError, texts } from './texts.js';

/**
 * Who runs PostgreSQL. It refuses to run as root, so root hands over to the system user `postgres`; anybody else runs it
 * as they are.
 */
export interface Account {
  /** Absent: as the station itself. */
  ids?: { uid: number; gid: number };
  name: string;
}

const systemUser = 'postgres';

/** @throws EmbeddedPostgresError if the station is root and the user neither exists nor can be created */
export function databaseAccount(say: (text: string) => void): Account {
  if (process.getuid?.() !== 0) return { name: process.env['USER'] ?? 'this user' };
  const known = idsOf(systemUser);
  if (known) return { ids: known, name: systemUser };
  say(texts.makingUser(systemUser));
  const group = spawnSync('getent', ['group', systemUser]).status === 0 ? ['-g', systemUser] : ['--user-group'];
  const made = spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', ...group, systemUser], {
    encoding: 'utf8',
  });
  const ids = idsOf(systemUser);
  if (!ids) throw new EmbeddedPostgresError(texts.noUser(systemUser, made.error?.message ?? made.stderr.trim()));
  return { ids, name: systemUser };
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  const number = (flag: string): number | undefined => {
    const answer = spawnSync('id', [flag, user], { encoding: 'utf8' });
    return answer.status === 0 ? Number(answer.stdout.trim()) : undefined;
  };
  const uid = number('-u');
  const gid = number('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** Can the account use this path so? `-x` a directory to pass or a program to run, `-r` a file to read, `-w` a directory to write. */
export function canUse(account: Account, how: '-x' | '-r' | '-w', path: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test "$1" "$2"', 'sh', how, path], { ...account.ids, cwd: '/' }).status === 0;
}

/** Gives a path to the account. Nothing to do when the station runs PostgreSQL as itself. */
export function giveTo(account: Account, path: string): void {
  if (account.ids) chownSync(path, account.ids.uid, account.ids.gid);
}

/** Only what PostgreSQL needs: the station's environment holds secrets that must not show in /proc of another user. */
export const plainEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

/** Runs a program as the account to its end and answers its exit code and what it printed. */
export function runAs(account: Account, program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...account.ids, cwd: '/', env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (data: Buffer): void => void (output += data.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
