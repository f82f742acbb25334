import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '#libs/platform';

export interface RecordedSample {
  index: number;
  /** mm; null where the record has a gap. */
  value: number | null;
}

const files = { final: 'E1.csv', coarse: 'E1-coarse.csv' } as const;

/**
 * The Preonzo 2012 record that ships with the simulators (recordings/preonzo-2012/README.md): its final stage, or the ten years before as well,
 * with one point in 84 samples.
 */
export function preonzoRecord(part: keyof typeof files): RecordedSample[] {
  const file = path.join(packageRoot(), 'simulators/terrain/recordings/preonzo-2012', files[part]);
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [index, value] = line.trim().split(',');
      const number = value === undefined || value === '' ? Number.NaN : Number(value);
      return { index: Number(index), value: Number.isFinite(number) ? number : null };
    });
}
