import { readFileSync } from 'node:fs';
import { parsePointFile, type PointFile } from '../input/point-file.js';
import type { Job, Source } from './job.js';

/** The histories of a run, with the rulebook in force for them where the database knows one. */
export interface Histories {
  all: { point: PointFile; source: Source }[];
  rules: Job['rules'] | undefined;
  close: () => Promise<void>;
}

export const nothingToClose = (): Promise<void> => Promise.resolve();
export const pointFrom = (file: string): PointFile => parsePointFile(readFileSync(file, 'utf8'), file);
