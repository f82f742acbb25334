import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What makes a state of readings: another version of any file here may mean something else by the same numbers. */
const folders = ['libs/contracts/src', 'libs/evaluate/src', 'libs/stream/src', 'apps/evaluate/src/points'];
/** From this file up to where `libs` and `apps` lie, in the sources and as they are built. */
const top = fileURLToPath(new URL('../../../../../', import.meta.url));

let known: string | undefined;

/** A hash of the program that judges. Read once: what is on the disk later does not run. */
export function judgingCode(): string {
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(process.version);
  for (const folder of folders) {
    const names = readdirSync(path.join(top, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name) && !/\.(spec|d)\.ts$/.test(name))
      .toSorted();
    for (const name of names) hash.update(`${folder}/${name}\n`).update(readFileSync(path.join(top, folder, name)));
  }
  return (known = hash.digest('base64url'));
}
