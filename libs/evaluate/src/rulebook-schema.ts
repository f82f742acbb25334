import { z } from 'zod';
import { HazardKind, Unit, WarningLevel } from '#libs/contracts';
import { parseChannelPattern, type ChannelPattern } from './channel-pattern.js';
import { ConditionText } from './condition.js';
import { DurationText, IntervalsText, PercentText, QuantityText } from './quantity.js';

const Text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected small letters, digits and -, beginning with a letter');

const Channel = z.string().transform((text, context): ChannelPattern => {
  const pattern = parseChannelPattern(text.trim());
  if (pattern) return pattern;
  context.addIssue({
    code: 'custom',
    message: `"${text}": expected a channel such as L1_LF_*, L3_YL_1.totalValue or displacement(L1_GP_*)`,
  });
  return z.NEVER;
});

const common = {
  title: Text,
  channel: z.union([Channel.transform((one) => [one]), z.array(Channel).min(1)]),
  unit: Unit,
  /** `less` for a dry beach or a freeboard: the shorter the worse (domain.md §4.1). */
  worse: z.enum(['more', 'less']).default('more'),
  thresholds: z.partialRecord(WarningLevel, QuantityText),
};
const window = DurationText.refine((ms) => ms > 0, 'expected a window longer than 0');

export const IndicatorText = z.discriminatedUnion('detector', [
  z.strictObject({ ...common, detector: z.literal('level') }),
  z.strictObject({
    ...common,
    detector: z.literal('change'),
    window,
    direction: z.enum(['up', 'either']).default('up'),
    sparse: z.enum(['unknown', 'previous']).default('unknown'),
  }),
  z.strictObject({ ...common, detector: z.literal('sum'), window }),
  z.strictObject({ ...common, detector: z.literal('rain'), window, source: z.enum(['increments', 'accumulator', 'either']) }),
  z.strictObject({ ...common, detector: z.literal('velocity'), window, unit: z.enum(['mm/d', 'mm/h', '°/d']) }),
  z.strictObject({ ...common, detector: z.literal('tangent'), window, uniform: window, floor: QuantityText, unit: z.literal('°') }),
  z.strictObject({ ...common, detector: z.literal('silence'), unit: z.literal('1') }),
]);
export type DetectorSpec = z.infer<typeof IndicatorText>;

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
