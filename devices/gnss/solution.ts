import type { Geodetic, Local } from './wgs84.js';

/** One solution of a receiver, whatever its format. NMEA and RTKLIB number their qualities differently; here they are words. */
export interface GnssSolution {
  /** Epoch ms, UTC. */
  time: number;
  position: Geodetic | Local;
  quality: 'fixed' | 'float' | 'other';
  /** As the receiver calls it, for the fault. */
  called: string;
  /** Ratio of the ambiguity test; undefined: the format has none. */
  ratio?: number;
  /** Age of the corrections, seconds; undefined: not told. */
  age?: number;
}

/** What one line of a receiver's text says: a solution, or what is wrong with it. Lines that say nothing of position yield nothing. */
export type GnssLine = GnssSolution | { reason: 'unreadable-frame' | 'unknown-shape' | 'bad-value' | 'bad-time'; detail: string };

/** Least ratio of an accepted ambiguity (RTKLIB's own default). Less: a wrong fix jumps by decimetres, like a landslide; more: good fixes are lost under trees. */
export const MIN_RATIO = 3;
/** Oldest corrections, seconds (RTKLIB's default). More: the drift of the satellite clocks shows as movement; less: every gap in the link is a gap in the series. */
export const MAX_AGE_S = 30;

/** What a solution is worth: a position, one to be flagged `gnss-float` (decimetres), or none. */
export function judgeSolution({ quality, called, ratio, age }: GnssSolution): 'fixed' | 'float' | { refused: string } {
  if (quality === 'other') return { refused: `solution of quality ${called}, metres off` };
  if (age !== undefined && Math.abs(age) > MAX_AGE_S) return { refused: `corrections ${age} s old` };
  if (quality === 'fixed' && ratio !== undefined && !(ratio >= MIN_RATIO)) return 'float';
  return quality;
}
