import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Kept = z.object({
  /** Device id → secret. */
  devices: z.record(z.string(), z.string()).default({}),
  /** Points of runs that were not closed yet. */
  points: z.array(z.string()).default([]),
});
type Kept = z.infer<typeof Kept>;

/** What a simulator must remember between runs, in a file only its user may read. One file a scenario: each has its own process. */
export class SecretsFile {
  readonly #file: string;
  #kept: Kept;

  constructor(folder: string, scenario: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = path.join(folder, `secrets-${scenario}.json`);
    this.#kept = existsSync(this.#file) ? Kept.parse(JSON.parse(readFileSync(this.#file, 'utf8'))) : Kept.parse({});
  }

  get openPoints(): readonly string[] {
    return this.#kept.points;
  }

  addPoint(unifiedCode: string): void {
    this.#save({ ...this.#kept, points: [...this.#kept.points, unifiedCode] });
  }

  removePoint(unifiedCode: string): void {
    this.#save({ ...this.#kept, points: this.#kept.points.filter((point) => point !== unifiedCode) });
  }

  addDevice(deviceId: string, secret: string): void {
    this.#save({ ...this.#kept, devices: { ...this.#kept.devices, [deviceId]: secret } });
  }

  #save(kept: Kept): void {
    this.#kept = kept;
    writeFileSync(`${this.#file}.new`, JSON.stringify(kept, null, 2), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
