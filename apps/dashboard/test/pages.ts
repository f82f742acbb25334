import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the pages as they ship, built of what is here. */
    pages: string;
  }
}

/** Builds the pages once for all page tests, into a directory of their own (global setup of the project `page`). */
export default async function buildPages(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'wangshan-pages-'));
  await build({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    mode: 'production',
    logLevel: 'error',
    build: { outDir: directory, emptyOutDir: true, reportCompressedSize: false },
  });
  project.provide('pages', directory);
  return () => rm(directory, { recursive: true, force: true });
}
