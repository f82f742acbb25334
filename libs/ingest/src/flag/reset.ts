import { fromIso, type GnssBaseline } from '#libs/contracts';
import { WINDOW, type ChannelMemory } from './channel-memory.js';

/** In standard deviations of the instrument: nearer to zero than this is zero. A fresh baseline is zero but for noise. */
const ZERO = 3;
/**
 * In standard deviations: every remembered sample was farther from zero than this. Less: a slope that comes back to where it
 * began (tilt through a day of sun) looks set to zero. More: a baseline of a young station, reached 2 cm, is missed.
 */
const AWAY = 20;

/** An accumulator fell: it was emptied, or began anew. The fall is no measurement. */
export const isTotalReset = (memory: ChannelMemory, value: number): boolean => memory.lastValue !== undefined && value < memory.lastValue;

/**
 * A displacement was counted from a new zero (`setInitial`, a new instrument): a whole window stood well away from zero, all on
 * one side, and the next sample is zero. `reset` keeps that one sample out of judgement; the next counts, so a sensor that
 * died at zero is not hidden.
 */
export function isBaselineReset(memory: ChannelMemory, value: number, accuracy: number): boolean {
  if (Math.abs(value) > ZERO * accuracy || memory.size < WINDOW) return false;
  const side = Math.sign(memory.value(0));
  for (let back = 0; back < WINDOW; back += 1) if (memory.value(back) * side <= AWAY * accuracy) return false;
  return true;
}

/** Whether the device set the zero of this channel's sensor anew after the last sample and not after this one. */
export const isNewZero = (zeros: readonly { sensor: string; since: string }[], channel: string, lastTime: number, time: number): boolean =>
  Number.isFinite(lastTime) &&
  zeros.some(
    ({ sensor, since }) => (channel === sensor || channel.startsWith(`${sensor}.`)) && fromIso(since) > lastTime && fromIso(since) <= time,
  );

/** Whether a baseline that does not carry the old displacement on began after the last sample and not after this one. */
export const isNewEpoch = (baselines: readonly GnssBaseline[], lastTime: number, time: number): boolean =>
  Number.isFinite(lastTime) &&
  baselines.some(({ since, carried }) => {
    const began = fromIso(since);
    return carried === undefined && began > lastTime && began <= time;
  });
