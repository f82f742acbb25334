import { z } from 'zod';
import { Certainty, PointLevel, PointThreshold, QualityFlag, WarningLevel } from '#libs/contracts';
import { DurationText } from '../text/quantity.js';
import { readYaml } from '../text/yaml-file.js';
import { parseSeries } from './series.js';

const Values = z.union([z.string(), z.number().transform(String)]).transform((text, context): (number | null)[] => {
  try {
    return parseSeries(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

const Series = z.strictObject({
  device: z.string().default('D1'),
  channel: z.string(),
  /** Offset of the first value from the start of the case. */
  from: DurationText.default(0),
  every: DurationText,
  values: Values,
  flags: z.array(QualityFlag).default([]),
  /** The whole series arrives at this offset, after an outage, flagged late. */
  arrives: DurationText.optional(),
});

const Expectation = z.strictObject({
  at: DurationText,
  level: PointLevel,
  certainty: Certainty.nullable().optional(),
  confirmed: PointLevel.optional(),
  /** Indicators whose input must be reported missing. */
  missing: z.array(z.string()).optional(),
  /** Codes of reasons the last decision must give. */
  because: z.array(z.string()).optional(),
  /** Level after whose end the point must be under extended watch; null: under none. */
  watch: WarningLevel.nullable().optional(),
  /** The last decision was from late data. */
  late: z.boolean().optional(),
});

/** What a shipped rulebook has to show of itself, each by a case: shipped-rulebooks.spec.ts counts them. */
export const casesExpected = ['rises', 'quiet', 'falls', 'gap', 'stuck', 'spike', 'late', 'restart'] as const;

export const RuleCase = z.strictObject({
  name: z.string().min(1),
  /** Which of the expected kinds of case this is. */
  covers: z.array(z.enum(casesExpected)).default([]),
  thresholds: z.array(PointThreshold).default([]),
  mainSlideDirection: z.number().optional(),
  /** H of the point, m. */
  slopeHeight: z.number().positive().optional(),
  /** Grade of the point's dam, 1 to 5. */
  damGrade: z.number().int().min(1).max(5).optional(),
  /** Upload interval by device; a device not named has the step of its first series. */
  intervals: z.record(z.string(), DurationText).default({}),
  series: z.array(Series).min(1),
  /** How often the point's clock is looked at. */
  tick: DurationText.default(60_000),
  /** The station is killed and started again at these offsets. */
  restart: z.array(DurationText).default([]),
  expect: z.array(Expectation).default([]),
  /** Levels no decision of the case may carry. */
  never: z.array(WarningLevel).default([]),
  /** Levels that may be candidates, but never confirmed. */
  'never-confirmed': z.array(WarningLevel).default([]),
});
export type RuleCase = z.infer<typeof RuleCase>;

export const CaseFile = z.strictObject({
  /** Rulebook file beside this one. */
  rules: z.string().regex(/^[\w-]+\.rules\.yaml$/),
  cases: z.array(RuleCase).min(1),
});

/** Reads a `*.cases.yaml`. @throws RulebookError naming every fault with its line */
export const parseCaseFile = (text: string, file: string): z.infer<typeof CaseFile> => readYaml(text, file, CaseFile);
