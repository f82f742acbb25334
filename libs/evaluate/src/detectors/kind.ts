import { z } from 'zod';
import { Unit, WarningLevel } from '#libs/contracts';
import { parseChannelPattern, type ChannelPattern } from '../indicators/channel-pattern.js';
import { cleaned, cleaningHorizon, CleanText, unfitFilters } from '../filters/index.js';
import type { FilterBase } from '../filters/kind.js';
import type { FilterPool } from '../filters/pool.js';
import type { Shared } from '../filters/stage.js';
import { DurationText, ThresholdText, type Threshold } from '../text/quantity.js';
import type { Detector } from './detector.js';

/** What a detector must know of the place it works at. */
export interface DetectorPlace {
  /** None for one that works across instruments. */
  deviceId?: string;
  /** Upload interval of the device, ms. */
  interval: number;
  /** `L3_YL_1`, `L3_YL_1.totalValue`. */
  series: string;
  /** V0 given for this point, if one was (threshold `<indicator>.v0`). */
  v0?: number;
  /** One standard deviation of the instrument (device.yaml `accuracy`), channel unit; undefined where the catalogue gives none, and across instruments. */
  accuracy?: number | undefined;
  /** Filters shared with the other detectors of the point; without it a detector has its own. */
  filters?: FilterPool | undefined;
}

export const Text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

const Channel = z.string().transform((text, context): ChannelPattern => {
  const pattern = parseChannelPattern(text.trim());
  if (pattern) return pattern;
  context.addIssue({
    code: 'custom',
    message: `"${text}": expected a channel such as L1_LF_*, L3_YL_1.totalValue or displacement(L1_GP_*)`,
  });
  return z.NEVER;
});

/** Grades of a tailings dam (GB 50863), one the most demanding. */
const DamGrade = z.enum(['1', '2', '3', '4']);

/** What every indicator has, whichever its detector. */
export const indicatorFields = {
  title: Text,
  channel: z.union([Channel.transform((one) => [one]), z.array(Channel).min(1)]),
  unit: Unit,
  /** `less` for a dry beach or a freeboard: the shorter the worse (domain.md §4.1). */
  worse: z.enum(['more', 'less']).default('more'),
  thresholds: z.partialRecord(WarningLevel, ThresholdText),
  /** Of a dam of another grade than five (`damGrade` of the point): what `thresholds` are then. Where it is written, a point without a grade is never calm. */
  grades: z.partialRecord(DamGrade, z.partialRecord(WarningLevel, ThresholdText)).optional(),
  /** Filters a sample goes through before the detector sees it. */
  clean: CleanText,
};

/** A window a rulebook gives: longer than nothing. */
export const WindowText = DurationText.refine((ms) => ms > 0, 'expected a window longer than 0');

/** The part of an indicator's text that does not depend on its detector. */
export interface IndicatorBase {
  detector: string;
  title: { zh: string; en: string };
  channel: ChannelPattern[];
  unit: Unit;
  worse: 'more' | 'less';
  thresholds: Partial<Record<WarningLevel, Threshold>>;
  grades?: Partial<Record<'1' | '2' | '3' | '4', Partial<Record<WarningLevel, Threshold>>>> | undefined;
  clean: readonly FilterBase[];
}

/** What a kind is for, in the words of alert-rules/README.md, whose table is made of it. `source` names the paper or the clause. */
export interface KindAbout {
  zh: string;
  en: string;
  source: string;
}

/** What sets a kind apart from one that judges a series by itself. */
export interface KindMarks {
  about?: KindAbout;
  /** A calculation, not an observation (failure time, tangent angle): a rulebook in which it reaches a level by itself is refused. */
  supportOnly?: true;
  /** One detector sees every series its channels match at the point (neighbours compared); `feed` names the series as `source`. */
  across?: true;
}

/** One kind of detector: how a rulebook writes it, and how it is made from that. */
export interface DetectorKind extends KindMarks {
  /** As a rulebook writes it after `detector:`. */
  name: string;
  text: z.ZodObject;
  make(spec: IndicatorBase, place: DetectorPlace): Detector;
  /** Longest stretch of event time it looks back over, ms; what a warm start has to read again. */
  horizon(spec: IndicatorBase): number;
  /** What one field alone can't show to be wrong, by field. */
  faults(spec: IndicatorBase): { field: string; message: string }[];
}

/**
 * Declares a kind of detector. One call a kind, in the detector's own file; `index.ts` lists them.
 * @param fields parameters a rulebook may write, beside those every indicator has; `unit` may be narrowed here
 */
export function detectorKind<Fields extends z.ZodRawShape>(
  kind: KindMarks & {
    /** As a rulebook writes it after `detector:`. */
    name: string;
    fields: Fields;
    /** @param shared what detectors behind the same filters have in common; undefined for one that has no filters, or sees several series */
    make: (spec: z.infer<z.ZodObject<Fields>> & Omit<IndicatorBase, keyof Fields>, place: DetectorPlace, shared?: Shared) => Detector;
    /** ms; none for a detector that needs the newest sample only. */
    horizon?: (spec: z.infer<z.ZodObject<Fields>>) => number;
    faults?: (spec: z.infer<z.ZodObject<Fields>> & Omit<IndicatorBase, keyof Fields>) => { field: string; message: string }[];
  },
): DetectorKind {
  type Spec = z.infer<z.ZodObject<Fields>> & Omit<IndicatorBase, keyof Fields>;
  // The text was read by this kind's own schema, or it would not be here.
  const own = (spec: IndicatorBase) => spec as unknown as Spec;
  const outlookOf = (spec: IndicatorBase) => kind.horizon?.(own(spec)) ?? 0;
  return {
    name: kind.name,
    about: kind.about,
    supportOnly: kind.supportOnly,
    across: kind.across,
    text: z.strictObject({ ...indicatorFields, ...kind.fields, detector: z.literal(kind.name) }),
    make: (spec, place) =>
      cleaned(
        spec.clean,
        (shared) => kind.make(own(spec), place, shared),
        { outlook: outlookOf(spec), accuracy: place.accuracy },
        place,
        kind.across === true,
      ),
    horizon: (spec) => outlookOf(spec) + cleaningHorizon(spec.clean),
    faults: (spec) => [...(kind.faults?.(own(spec)) ?? []), ...unfitFilters(spec.clean, kind.name)],
  };
}
