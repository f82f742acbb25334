import { z } from 'zod';
import { DAY, WarningLevel } from '#libs/contracts';
import { everyDevice, partsOfKey } from '../indicators/fact-key.js';
import { LevelMemory } from '../levels/level-machine.js';
import type { Rulebook } from '../rulebook/rulebook.js';
import { Said } from './said.js';

/**
 * JudgementMark.state: the part of a judgement no window of readings can rebuild. `indicators` keeps when each was last heard of
 * (a sensor silent for longer than the windows must stay grey after a restart) and baselines measured once.
 */
export const PointMemory = z.object({
  v: z.literal(1),
  said: Said,
  eventAt: z.number().nullable(),
  levels: z.partialRecord(WarningLevel, LevelMemory),
  indicators: z.record(z.string(), z.object({ lastAt: z.number().nullable(), detector: z.unknown() })),
  /** When each instrument behind an indicator across the point was last heard of. */
  heard: z.record(z.string(), z.number()).default({}),
  /** Late samples whose own moments are still to be judged: see late-block.ts. */
  late: z.object({ from: z.number(), to: z.number(), samples: z.number() }).nullable().default(null),
});
export type PointMemory = z.infer<typeof PointMemory>;

/**
 * An instrument that lags the others by more than this is not worth its history: it is silent by any upload interval in use (72 h at
 * most, domain.md §2.2). Shorter: a slow instrument turns grey at every restart. Longer: one dead sensor makes every start read years.
 */
const furthestLag = 4 * DAY;

/**
 * From which event time readings must be read again to rebuild the windows. Windows hang on the newest sample of their own
 * channel, so the slowest living channel decides.
 * @param memory JudgementMark.state
 * @param horizon PointEvaluator.horizon(), ms
 * @param now the point's clock, used when nothing is remembered
 */
export function warmFrom(memory: unknown, horizon: number, now: number): number {
  const parsed = PointMemory.safeParse(memory);
  const newest = Math.min(now, (parsed.success ? parsed.data.eventAt : null) ?? now);
  const heard = parsed.success ? Object.values(parsed.data.indicators).map(({ lastAt }) => lastAt ?? newest) : [];
  return Math.min(newest, ...heard.filter((lastAt) => newest - lastAt <= furthestLag)) - horizon;
}

/** Of an instrument that was removed no sample will ever bring a level down; a fact of another version's name is nobody's any more. */
export function withoutGone(
  memory: LevelMemory,
  rulebook: Pick<Rulebook, 'indicators'>,
  registered: readonly { deviceId: string }[],
): LevelMemory {
  const names = new Set(rulebook.indicators.map(({ id }) => id));
  const devices = new Set([everyDevice, ...registered.map(({ deviceId }) => deviceId)]);
  const stands = Object.entries(memory.stands)
    .filter(([deviceId]) => devices.has(deviceId))
    .map(([deviceId, stand]) => [deviceId, { ...stand, keys: stand.keys.filter((key) => names.has(partsOfKey(key)?.indicator ?? '')) }]);
  return { ...memory, stands: Object.fromEntries(stands) as LevelMemory['stands'] };
}
