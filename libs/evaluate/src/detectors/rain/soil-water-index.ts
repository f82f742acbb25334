import { z } from 'zod';
import { HOUR } from '#libs/contracts';
import { tidy } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { sourceField, sourceFor, type RainSource } from './rain-curve.js';
import { foldHorizon } from './rain-fold.js';
import { RainFollower } from './rain-follower.js';

/** Water in the three tanks, mm. */
export type Tanks = readonly [number, number, number];

const over = (water: number, height: number): number => Math.max(water - height, 0);

/** One Euler step of JMA's tanks: rain in, side outlets q, percolation i; coefficients a hour, heights mm (Ishihara & Kobatake 1979; Okada 2001). */
export function tankStep([s1, s2, s3]: Tanks, mm: number, ms: number): Tanks {
  const hours = ms / HOUR;
  const q1 = 0.1 * over(s1, 15) + 0.15 * over(s1, 60);
  const q2 = 0.05 * over(s2, 15);
  const q3 = 0.01 * over(s3, 15);
  const [i1, i2, i3] = [0.12 * s1, 0.05 * s2, 0.01 * s3];
  return [s1 + mm - (q1 + i1) * hours, s2 + (i1 - q2 - i2) * hours, s3 + (i2 - q3 - i3) * hours];
}

/**
 * Soil water index (土壤雨量指数): water in three tanks in series fed by the rain, as the Japan Meteorological Agency computes it with one set of
 * coefficients for all of Japan; a landslide warning line is drawn in the plane of 60-minute rain and this index. mm; SWI = s1 + s2 + s3.
 *
 * Ten-minute steps; the open step is done for the part of it that has passed. The tanks start empty, so until `warm-up` has been seen the
 * value is a lower bound (`partial`): more water at the start never means less later. The slowest tank forgets at 2 % an hour above its
 * outlet at 15 mm and 1 % below: of those 15 mm 0.01 mm are left after 30 days, 0.4 mm after 15 days, 4.5 mm after 5. Range: granite soils of Japan; elsewhere only the
 * thresholds can be local, the coefficients are not. Fails by: snow, which is rain to it when it falls and nothing when it melts.
 */
export class SoilWaterIndexDetector extends RainFollower<Tanks> {
  detail: { s1: number; s2: number; s3: number } | undefined;

  constructor(
    source: RainSource,
    private readonly warmUp: number,
  ) {
    super(source, [0, 0, 0], tankStep);
  }

  get partial(): boolean {
    return this.fold.newest - this.fold.first < this.warmUp;
  }

  protected look([s1, s2, s3]: Tanks): void {
    this.detail = { s1: tidy(s1), s2: tidy(s2), s3: tidy(s3) };
    this.value = tidy(s1 + s2 + s3);
  }
}

export const soilWaterIndexKind = detectorKind({
  name: 'soil-water-index',
  about: {
    zh: '土壤雨量指数（三水箱），用于前期降雨',
    en: 'soil water index: three tanks fed by the rain, for what has fallen before',
    source: 'JMA; Okada 2001; algorithms.md B6',
  },
  fields: {
    ...sourceField,
    /** Shorter: greys a new point for less time and may call it calm while its soil is wet. Longer: grey for weeks over tenths of a millimetre. */
    'warm-up': WindowText.prefault('30 d'),
    unit: z.literal('mm'),
  },
  make: (spec, { series }) => new SoilWaterIndexDetector(sourceFor(spec.source, series), spec['warm-up']),
  // The tanks are kept over a restart; read again is only what late samples may still change.
  horizon: () => foldHorizon,
});
