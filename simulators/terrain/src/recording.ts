import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '#libs/platform';

export interface RecordedSample {
  index: number;
  /** mm; null where the record has a gap. */
  value: number | null;
}

/** The Preonzo 2012 record that ships with the simulators (recordings/preonzo-2012/README.md). */
export function preonzoRecording(): RecordedSample[] {
  const file = path.join(packageRoot(), 'simulators/terrain/recordings/preonzo-2012/E1.csv');
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
