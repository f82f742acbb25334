import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { rulebookVersion } from '#libs/evaluate';
import { sha256 } from '#libs/platform';

export interface RulebookFile {
  /** Name of the file, without its folder. */
  file: string;
  text: string;
  /** Identity of the text: see rulebookVersion. */
  version: string;
}

const names = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name.endsWith('.rules.yaml')).toSorted();

/** Every `*.rules.yaml` of the rules directory, in name order. @throws if the directory can't be read */
export async function readRulebookFiles(directory: string): Promise<RulebookFile[]> {
  return Promise.all(
    (await names(directory)).map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8');
      return { file: basename(name), text, version: rulebookVersion(text, sha256) };
    }),
  );
}

/** Changes when a rule file is written, comes or goes. Cheap: names, sizes and times. Never throws: an unreadable folder is a state too. */
export async function folderStamp(directory: string): Promise<string> {
  try {
    const parts = await Promise.all(
      (await names(directory)).map(async (name) => {
        const { size, mtimeMs, ino } = await stat(join(directory, name));
        return `${name}:${size}:${mtimeMs}:${ino}`;
      }),
    );
    return parts.join('\n');
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
}
