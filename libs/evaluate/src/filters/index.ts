import { z } from 'zod';
import type { Detector } from '../detectors/detector.js';
import { CleanedDetector } from './cleaned.js';
import { copiedKind } from './kinds/copied.js';
import { hampelKind } from './kinds/hampel.js';
import type { FilterBase, FilterKind, FilterPlace } from './kind.js';
import { FilterPool } from './pool.js';
import type { Shared } from './stage.js';
import { seasonalKind } from './kinds/seasonal.js';
import { stepKind } from './kinds/step.js';
import { stuckKind } from './kinds/stuck.js';

/** Every kind of filter an indicator may be cleaned by. */
export const filterKinds: readonly FilterKind[] = [hampelKind, stuckKind, stepKind, copiedKind, seasonalKind];

const byName = new Map(filterKinds.map((kind) => [kind.name, kind]));

const [first, ...others] = filterKinds.map((kind) => kind.text);
/** `clean:` of an indicator: filters in the order samples go through them. */
export const CleanText = z
  .array(z.discriminatedUnion('filter', [first as z.ZodObject, ...others]) as unknown as z.ZodType<FilterBase>)
  .default([]);

function kindOf(spec: FilterBase): FilterKind {
  const kind = byName.get(spec.filter);
  if (!kind) throw new Error(`no filter "${spec.filter}"`);
  return kind;
}

/** Where a detector stands whose series is cleaned. */
export interface CleaningPlace {
  deviceId?: string | undefined;
  series: string;
  /** Filters shared with other detectors; without it they are its own. */
  filters?: FilterPool | undefined;
}

/**
 * The detector behind the filters named; itself when there are none.
 * @param make is told what it shares with others behind the same filters
 * @param across it sees several series, and names each itself
 */
export function cleaned(
  clean: readonly FilterBase[],
  make: (shared: Shared | undefined) => Detector,
  place: FilterPlace,
  { deviceId, series, filters = new FilterPool() }: CleaningPlace,
  across: boolean,
): Detector {
  if (clean.length === 0) return make(undefined);
  const wanted = clean.map((spec) => ({ kind: kindOf(spec), spec }));
  if (across) return new CleanedDetector(make(undefined), (source) => filters.chain(source ?? series, wanted, place));
  const chain = filters.chain(`${deviceId} ${series}`, wanted, place);
  return new CleanedDetector(make(chain.at(-1)?.shared), () => chain);
}

/** How far back a sample can matter to what the filters let through, ms. */
export const cleaningHorizon = (clean: readonly FilterBase[]): number => clean.reduce((sum, spec) => sum + kindOf(spec).horizon(spec), 0);

/** Why a detector must not be cleaned so. */
export const unfitFilters = (clean: readonly FilterBase[], detector: string): { field: string; message: string }[] =>
  clean.flatMap((spec) => {
    const reason = kindOf(spec).unfit[detector];
    return reason === undefined ? [] : [{ field: 'clean', message: `"${spec.filter}" does not fit the detector "${detector}": ${reason}` }];
  });
