import { DAY } from '#libs/contracts';
import type { DetectorSpec } from '../rulebook-schema.js';
import { ChangeDetector } from './change.js';
import type { Detector } from './detector.js';
import { LevelDetector } from './level.js';
import { RainDetector } from './rain.js';
import { SilenceDetector } from './silence.js';
import { SumDetector } from './sum.js';
import { TangentDetector } from './tangent.js';
import { VelocityDetector } from './velocity.js';

/** What a detector must know of the place it works at. */
export interface DetectorPlace {
  /** Upload interval of the device, ms. */
  interval: number;
  /** `L3_YL_1`, `L3_YL_1.totalValue`. */
  series: string;
  /** V0 given for this point, if one was (threshold `<indicator>.v0`). */
  v0?: number;
}

/** One detector for one channel of one device. */
export function makeDetector(spec: DetectorSpec, place: DetectorPlace): Detector {
  switch (spec.detector) {
    case 'level':
      return new LevelDetector();
    case 'change':
      return new ChangeDetector(spec.window, spec.direction === 'either', spec.sparse === 'previous');
    case 'sum':
      return new SumDetector(spec.window);
    case 'rain':
      return new RainDetector(spec.window, spec.source === 'either' ? rainSource(place.series) : spec.source);
    case 'velocity':
      return new VelocityDetector(spec.window, spec.unit.endsWith('/h') ? 'h' : 'd');
    case 'tangent':
      return new TangentDetector({ window: spec.window, uniform: spec.uniform, floor: spec.floor.value, v0: place.v0 });
    case 'silence':
      return new SilenceDetector(place.interval);
  }
}

/** A total is named so in every profile; each channel is judged for itself, so a gauge that sends both is not counted twice. */
const rainSource = (series: string) => (series.endsWith('.totalValue') ? 'accumulator' : 'increments');

/** The sample before a window is looked for this far back: three upload intervals of a day. */
const sparseReach = 3 * DAY;

/** Longest stretch of event time a detector looks back over, ms; what a warm start has to read again. */
export function horizonOf(spec: DetectorSpec): number {
  const window = 'window' in spec ? spec.window : 0;
  const reachesBack = spec.detector === 'rain' || (spec.detector === 'change' && spec.sparse === 'previous');
  return reachesBack ? window + sparseReach : window;
}
