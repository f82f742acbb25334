import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '#libs/platform';

/** What makes a state of readings: another version of any file here may mean something else by the same numbers. */
const folders = ['libs/contracts/src', 'libs/evaluate/src', 'libs/stream/src', 'apps/evaluate/src/points'];
/** From this file up to where `libs` and `apps` lie, in the sources and as they are built. */
const top = fileURLToPath(new URL('../../../../../', import.meta.url));

let known: string | undefined;

/** A hash of the program that judges. Read once: what is on the disk later does not run. */
export function judgingCode(): string {
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(process.version);
  const add = (root: string, folder: string, wanted: RegExp): void => {
    const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((one) => wanted.test(one) && !/\.(spec|d)\.ts$/.test(one)).toSorted())
      hash.update(`${folder}/${name}\n`).update(readFileSync(path.join(root, folder, name)));
  };
  for (const folder of folders) add(top, folder, /\.[jt]s$/);
  // How exact each instrument is.
  add(packageRoot(), 'devices', /\.yaml$/);
  return (known = hash.digest('base64url'));
}
