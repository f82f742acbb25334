import { z } from 'zod';
import { HazardKind, WarningLevel } from '#libs/contracts';
import { ConditionText } from './condition.js';
import { IndicatorText } from './detectors/index.js';
import { Text } from './detectors/kind.js';
import { DurationText, IntervalsText, PercentText } from './quantity.js';

const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected small letters, digits and -, beginning with a letter');

const Persistence = z.strictObject({
  /** Samples of one instrument in a row that hold the level. 1 raises on a single spike; 5 at one an hour comes too late. */
  samples: z.number().int().min(1).max(100),
  /** Smallest distance between two samples that count, device time: a burst of one second is one observation. */
  apart: DurationText,
  /** Instruments that must each hold the level before it is confirmed. */
  instruments: z.number().int().min(1).max(20),
});
const Hysteresis = z.strictObject({ fallback: PercentText, after: DurationText });

const Level = z.strictObject({
  when: ConditionText,
  persistence: Persistence.partial().default({}),
  hysteresis: Hysteresis.partial().default({}),
});

/** A rulebook file. Missing-data policy, persistence, hysteresis, cool-down and clock are required: each left out would be someone's guess. */
export const RulebookText = z.strictObject({
  rulebook: Name,
  title: Text,
  /** `placeholder`: defaults from the literature, to be replaced and signed by the technical unit of the point. */
  status: z.enum(['placeholder', 'acceptance', 'signed']),
  note: Text.optional(),
  scope: z.strictObject({ kinds: z.array(HazardKind).min(1) }),
  clock: z.literal('event', { error: 'expected "event": judgement follows device time' }),
  missing: z.strictObject({
    'silent-after': IntervalsText,
    /** One silent instrument of several: `any` greys the point, `all` only when nothing that was known speaks against a level. */
    'unknown-when': z.enum(['any', 'all']),
  }),
  persistence: Persistence,
  hysteresis: Hysteresis,
  cooldown: DurationText,
  indicators: z.record(Name, IndicatorText),
  levels: z.partialRecord(WarningLevel, Level),
});
export type RulebookText = z.infer<typeof RulebookText>;
