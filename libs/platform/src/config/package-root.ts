import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of package.json: what ships beside the code (migrations, catalogue, recordings) is found from it, from source as from dist. */
export function packageRoot(from: string = fileURLToPath(import.meta.url)): string {
  const folder = path.dirname(from);
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  if (folder === from) throw new Error('no package.json above the running code: the installation is incomplete');
  return packageRoot(folder);
}
