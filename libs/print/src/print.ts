import path from 'node:path';
import { packageRoot, WorkerThread } from '#libs/platform';
import type { PrintDocument } from './document.js';
import { setPages } from './set-pages.js';

/** A report takes half a second of CPU: on the thread of the passwords a log-in would wait behind it. */
const thread = new WorkerThread();

/**
 * A document as PDF, with the fonts embedded (Noto Sans Hans, from the package: nothing is fetched). Set in a worker thread.
 * @param at time written into the file, epoch ms
 * @throws WorkerBusy when a hundred documents wait already
 */
export async function printPdf(document: PrintDocument, at: number): Promise<Uint8Array> {
  return thread.run(setPages, { document, root: path.join(packageRoot(), 'package.json'), at });
}
