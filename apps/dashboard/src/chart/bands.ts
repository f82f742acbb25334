import { levelRank, type IndicatorValue, type WarningLevel } from '#libs/contracts';

export interface Threshold {
  level: WarningLevel;
  value: number;
}

/** Thresholds of an indicator, weakest level first. */
export function thresholdsOf(indicator: Pick<IndicatorValue, 'thresholds'>): Threshold[] {
  return (Object.entries(indicator.thresholds) as [WarningLevel, number][])
    .map(([level, value]) => ({ level, value }))
    .toSorted((a, b) => levelRank(a.level) - levelRank(b.level));
}

/** The shorter the worse (dry beach, freeboard). A station that does not say so shows it by a red threshold below the blue one. */
export function worseIsLess(thresholds: readonly Threshold[], worse?: IndicatorValue['worse']): boolean {
  if (worse !== undefined) return worse === 'less';
  const first = thresholds[0];
  const last = thresholds.at(-1);
  return first !== undefined && last !== undefined && last.value < first.value;
}

export interface Distance {
  /** Strongest level whose threshold is reached; null = none. */
  reached: WarningLevel | null;
  /** Next level and how far the value is from it; null above the strongest, or without a value. */
  next: { level: WarningLevel; distance: number } | null;
}

/** Where a value stands among its thresholds. This only draws what the station judged; it judges nothing. */
export function distance(value: number | null, thresholds: readonly Threshold[], worse?: IndicatorValue['worse']): Distance {
  if (value === null) return { reached: null, next: null };
  const less = worseIsLess(thresholds, worse);
  let reached: WarningLevel | null = null;
  let next: Distance['next'] = null;
  for (const threshold of thresholds) {
    const over = less ? value <= threshold.value : value >= threshold.value;
    if (over) reached = threshold.level;
    else next ??= { level: threshold.level, distance: Math.abs(threshold.value - value) };
  }
  return { reached, next: reached !== null && reached === thresholds.at(-1)?.level ? null : next };
}

/**
 * Threshold lines in the units of a raw curve, or [] where the indicator isn't comparable with it. `level` compares the
 * value itself. `change` compares with the start of its window, so its lines stand at (newest − change) ± threshold: where
 * the curve would have to go, seen from now.
 */
export function linesOnCurve(indicator: IndicatorValue, newest: number | undefined): Threshold[] {
  const thresholds = thresholdsOf(indicator);
  if (indicator.detector === 'level') return thresholds;
  if (indicator.detector !== 'change' || newest === undefined || indicator.value === null) return [];
  const base = newest - indicator.value;
  const sign = indicator.value < 0 ? -1 : 1;
  return thresholds.map(({ level, value }) => ({ level, value: base + sign * value }));
}

/** How near an indicator is to what it would trigger next, 0 far … 1 there: which one of several a chart shows. */
export function nearness(indicator: IndicatorValue): number {
  const thresholds = thresholdsOf(indicator);
  const red = thresholds.at(-1);
  if (indicator.value === null || red === undefined || red.value === 0) return 0;
  const share = worseIsLess(thresholds, indicator.worse) ? red.value / indicator.value : indicator.value / red.value;
  return Math.min(1, Math.abs(share));
}

/** The indicator whose lines a chart of these curves shows: the nearest to its trigger among the comparable ones. */
export function indicatorFor(
  curves: readonly { deviceId: string; channel: string }[],
  unit: string,
  indicators: readonly IndicatorValue[],
): IndicatorValue | undefined {
  const fits = indicators.filter(
    (one) =>
      (one.detector === 'level' || one.detector === 'change') &&
      one.unit === unit &&
      one.value !== null &&
      // The very channel: a limit of the beach, drawn over the freeboard of the same pond, would show it in red.
      curves.some((curve) => one.channel === curve.channel && (one.deviceId === undefined || one.deviceId === curve.deviceId)),
  );
  return fits.toSorted((a, b) => nearness(b) - nearness(a))[0];
}

/** So many times the strongest threshold makes a linear chart press its bands into a line. */
const decades = 4;

/**
 * Smallest value of the logarithmic scale of an indicator's chart; null = linear. A failing slope runs through decades of velocity in
 * hours: on a linear scale the bands it crossed days before would no longer be seen.
 * @param highest largest value shown
 */
export function logFloorFor(indicator: Pick<IndicatorValue, 'detector' | 'thresholds'>, highest: number): number | null {
  const values = thresholdsOf(indicator).map(({ value }) => value);
  const weakest = Math.min(...values);
  if (indicator.detector !== 'velocity' || values.length === 0 || weakest <= 0 || highest <= decades * Math.max(...values)) return null;
  return weakest / 10;
}
