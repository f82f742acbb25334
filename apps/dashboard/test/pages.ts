import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the pages as they ship, into a directory of their own. */
export async function buildPages(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'wangshan-pages-'));
  await build({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    mode: 'production',
    logLevel: 'error',
    build: { outDir: directory, emptyOutDir: true, reportCompressedSize: false },
  });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
