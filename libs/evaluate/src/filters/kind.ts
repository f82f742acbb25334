import { z } from 'zod';
import { QuantityText } from '../text/quantity.js';
import type { Filter } from './filter.js';
import type { JumpFinder, JumpOptions } from './kinds/jump-finder.js';

/** One standard deviation of the instrument (device.yaml `accuracy`), or a limit in its unit: above 0. */
export const SizeText = QuantityText.refine(({ value }) => value > 0, 'expected more than 0');

/** The part of a filter's text that does not depend on its kind. */
export interface FilterBase {
  filter: string;
}

/** What a filter must know of where it stands. */
export interface FilterPlace {
  /** How far the detector behind the filter looks back, ms. */
  outlook: number;
  /** One standard deviation of the instrument (device.yaml), channel unit, where it is known: the noise of a filter that names none. */
  accuracy?: number | undefined;
  /** The finder that others ask too who see the same samples here; without it a filter has its own. */
  jumps?: (options: JumpOptions) => JumpFinder;
}

export interface FilterKind {
  /** As a rulebook writes it after `filter:`. */
  name: string;
  about: { zh: string; en: string; source: string };
  text: z.ZodObject;
  make(spec: FilterBase, place: FilterPlace): Filter;
  /** How far back a sample can still matter to what the filter lets through, ms. */
  horizon(spec: FilterBase): number;
  /** What it does hangs on the outlook of the detector behind it: detectors that look back differently can't share one. */
  byOutlook: boolean;
  /** Detectors it would blind, and why a rulebook that asks for it is refused. */
  unfit: Readonly<Record<string, string>>;
}

/**
 * Declares a kind of filter. One call a kind, in the filter's own file; `index.ts` lists them.
 * @param fields parameters a rulebook may write
 */
export function filterKind<Fields extends z.ZodRawShape>(kind: {
  name: string;
  about: FilterKind['about'];
  fields: Fields;
  make: (spec: z.infer<z.ZodObject<Fields>>, place: FilterPlace) => Filter;
  horizon: (spec: z.infer<z.ZodObject<Fields>>) => number;
  byOutlook?: boolean;
  unfit?: FilterKind['unfit'];
}): FilterKind {
  // The text was read by this kind's own schema, or it would not be here.
  const own = (spec: FilterBase) => spec as unknown as z.infer<z.ZodObject<Fields>>;
  return {
    name: kind.name,
    about: kind.about,
    text: z.strictObject({ ...kind.fields, filter: z.literal(kind.name) }),
    make: (spec, place) => kind.make(own(spec), place),
    horizon: (spec) => kind.horizon(own(spec)),
    byOutlook: kind.byOutlook ?? false,
    unfit: { silence: 'silence counts samples, whatever they say', ...kind.unfit },
  };
}
