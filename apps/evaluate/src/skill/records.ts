import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '#libs/platform';

/** Rows of a CSV file without its header. */
export const rowsOf = (file: string, separator = ','): string[][] =>
  readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(separator));

/** A record that ships with the simulators. */
export const shippedRecord = (file: string): string => path.join(packageRoot(), 'simulators/terrain/recordings', file);

/** Rulebooks for records that are measured otherwise than any shipped rulebook expects. */
export const recordRules = (name: string): string => `simulators/terrain/recordings/rules/${name}.rules.yaml`;

/** A folder of records that may not be shipped; null where it isn't. */
export function folderOf(data: string | undefined, name: string): string | null {
  const folder = data === undefined ? null : path.join(data, name);
  return folder !== null && existsSync(folder) ? folder : null;
}
