import { parseDocument } from 'yaml';
import { z } from 'zod';
import { Certainty, PointLevel, PointThreshold, QualityFlag, WarningLevel } from '#libs/contracts';
import { DurationText } from '../quantity.js';
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
  /** The last decision was from late data. */
  late: z.boolean().optional(),
});

export const RuleCase = z.strictObject({
  name: z.string().min(1),
  thresholds: z.array(PointThreshold).default([]),
  mainSlideDirection: z.number().optional(),
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

const CaseFile = z.strictObject({
  /** Rulebook file beside this one. */
  rules: z.string().regex(/^[\w-]+\.rules\.yaml$/),
  cases: z.array(RuleCase).min(1),
});

/** Reads a `*.cases.yaml`. @throws Error naming every fault by its place in the file */
export function parseCaseFile(text: string, file: string): z.infer<typeof CaseFile> {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(document.errors.map((error) => `${file}: ${error.message}`).join('\n'));
  const parsed = CaseFile.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${file}: ${issue.path.map(String).join('.')}: ${issue.message}`).join('\n'));
}
