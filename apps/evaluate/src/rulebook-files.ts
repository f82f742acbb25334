import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sha256 } from '#libs/platform';

export interface RulebookFile {
  /** Name of the file, without its folder. */
  file: string;
  text: string;
  /** First 12 hex digits of the SHA-256 of the text: the version. */
  version: string;
}

export const versionOf = (text: string): string => sha256(text).slice(0, 12);

/** Every `*.rules.yaml` of the rules directory, in name order. @throws if the directory can't be read */
export async function readRulebookFiles(directory: string): Promise<RulebookFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.rules.yaml')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8');
      return { file: basename(name), text, version: versionOf(text) };
    }),
  );
}
