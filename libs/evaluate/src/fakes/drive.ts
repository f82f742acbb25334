import { readFileSync } from 'node:fs';
import type { PointDecision, QualityFlag, StoredReading } from '#libs/contracts';
import type { PointEvaluator, PointSetup } from '../point/point-evaluator.js';
import { parseRulebook, type Rulebook } from '../rulebook/rulebook.js';

/** Rulebooks as shipped, for specs. */
export const shipped = (name: string): Rulebook => {
  const file = `${name}.rules.yaml`;
  return parseRulebook(readFileSync(new URL(`../../../../alert-rules/${file}`, import.meta.url), 'utf8'), file, 'v1');
};

let seq = 0;
export const reading = (deviceId: string, channel: string, time: number, value: number, quality: QualityFlag[] = []): StoredReading => ({
  deviceId,
  hazardPoint: 'POINT01',
  channel,
  time,
  value,
  quality,
  receivedAt: time,
  seq: (seq += 1),
});

export const setup = (rulebook: Rulebook, more: Partial<PointSetup> = {}): PointSetup => ({
  rulebook,
  point: { unifiedCode: 'POINT01', thresholds: [] },
  devices: [],
  ...more,
});

/** Feeds readings one after another and answers every decision. */
export async function drive(evaluator: PointEvaluator, readings: readonly StoredReading[]): Promise<PointDecision[]> {
  const decisions: PointDecision[] = [];
  for (const one of readings)
    if (evaluator.feed(one)) {
      const decision = await evaluator.decide();
      if (decision) decisions.push(decision);
    }
  return decisions;
}

/** Gaussian noise that is the same in every run (mulberry32 and Box–Muller). */
export function noise(seedling: number): () => number {
  let state = seedling;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
