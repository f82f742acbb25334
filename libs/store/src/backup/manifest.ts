import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** `backup.json`: what a base backup is. Written last: a directory without it is a backup that was broken off. */
export const Manifest = z.object({
  format: z.literal(1),
  startedAt: z.iso.datetime(),
  /** The database is whole from here on: the earliest time this backup can be restored to. */
  stoppedAt: z.iso.datetime(),
  postgres: z.string(),
  /** First segment of the log that recovery needs. */
  firstSegment: z.string(),
  /** Content of `backup_label` (PostgreSQL 26.3.3): recovery must begin at the checkpoint it names. */
  label: z.string(),
  keyFingerprint: z.string(),
  files: z.array(z.object({ path: z.string(), bytes: z.number().int().min(0), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;
export type BackedUpFile = Manifest['files'][number];

export interface BaseBackup {
  directory: string;
  manifest: Manifest;
}

export const baseDirectory = (to: string): string => join(to, 'base');

/** Every complete base backup, oldest first. */
export function baseBackups(to: string): BaseBackup[] {
  const base = baseDirectory(to);
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .toSorted()
    .map((name) => join(base, name))
    .filter((directory) => existsSync(join(directory, 'backup.json')))
    .map((directory) => ({ directory, manifest: Manifest.parse(JSON.parse(readFileSync(join(directory, 'backup.json'), 'utf8'))) }));
}

/** The newest backup that was whole at `at`; the newest of all without `at`. */
export const backupFor = (backups: readonly BaseBackup[], at: number | undefined): BaseBackup | undefined =>
  backups.findLast(({ manifest }) => at === undefined || Date.parse(manifest.stoppedAt) <= at);
