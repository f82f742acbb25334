import { z } from 'zod';
import { aboveBedKind } from './basic/above-bed.js';
import { changeKind } from './basic/change.js';
import { disagreementKind } from './basic/disagreement.js';
import { levelKind } from './basic/level.js';
import { silenceKind } from './basic/silence.js';
import { sumKind } from './basic/sum.js';
import type { Detector } from './detector.js';
import type { DetectorKind, DetectorPlace, IndicatorBase, KindMarks } from './kind.js';
import { deepDisplacementKind } from './ground/deep-displacement.js';
import { jointJumpKind } from './ground/joint-jump.js';
import { radarVelocityKind } from './ground/radar-velocity.js';
import { rateKind } from './ground/rate.js';
import { tiltKind } from './ground/tilt.js';
import { accelerationKind } from './motion/acceleration.js';
import { failureTimeKind } from './forecast/failure-time.js';
import { stepLikeKind } from './motion/step-like.js';
import { tangentKind } from './motion/tangent.js';
import { velocityKind } from './motion/velocity.js';
import { antecedentRainKind } from './rain/antecedent-rain.js';
import { effectiveRainKind } from './rain/effective-rain.js';
import { hydrologicalDayKind } from './rain/hydrological-day.js';
import { intensityDurationKind } from './rain/intensity-duration.js';
import { rainKind } from './rain/rain.js';
import { soilWaterIndexKind } from './rain/soil-water-index.js';
import { staLtaKind } from './vibration/sta-lta.js';

/** Every kind of detector a rulebook may name. */
export const detectorKinds: readonly DetectorKind[] = [
  levelKind,
  changeKind,
  sumKind,
  silenceKind,
  velocityKind,
  accelerationKind,
  stepLikeKind,
  failureTimeKind,
  tangentKind,
  rainKind,
  hydrologicalDayKind,
  intensityDurationKind,
  antecedentRainKind,
  effectiveRainKind,
  soilWaterIndexKind,
  staLtaKind,
  aboveBedKind,
  disagreementKind,
  rateKind,
  tiltKind,
  deepDisplacementKind,
  radarVelocityKind,
  jointJumpKind,
];

const byName = new Map(detectorKinds.map((kind) => [kind.name, kind]));

const [first, ...others] = detectorKinds.map((kind) => kind.text);
/** An indicator as a rulebook writes it: the fields of its detector's kind, and no others. */
export const IndicatorText = z.discriminatedUnion('detector', [first as z.ZodObject, ...others]) as unknown as z.ZodType<IndicatorBase>;

function kindOf(spec: IndicatorBase): DetectorKind {
  const kind = byName.get(spec.detector);
  if (!kind) throw new Error(`no detector "${spec.detector}"`);
  return kind;
}

/** What sets the kind of an indicator apart. */
export const kindMarks = (spec: IndicatorBase): KindMarks => kindOf(spec);

/** One detector for one channel of one device. */
export const makeDetector = (spec: IndicatorBase, place: DetectorPlace): Detector => kindOf(spec).make(spec, place);

/** Longest stretch of event time the indicator's detector looks back over, ms; what a warm start has to read again. */
export const horizonOf = (spec: IndicatorBase): number => kindOf(spec).horizon(spec);

/** What is wrong with the parameters taken together, by field of the indicator. */
export const parameterFaults = (spec: IndicatorBase): { field: string; message: string }[] => kindOf(spec).faults(spec);
