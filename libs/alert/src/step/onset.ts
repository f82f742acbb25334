import type { WarningRecord } from '#libs/contracts';
import { fromIso, HOUR } from '#libs/contracts';

/** Detectors whose value is the time until something happens, in hours; every other one speaks of what is happening. */
const forecasts: ReadonlySet<string> = new Set(['failure-time']);

/**
 * When the danger a warning speaks of begins, by the wall clock: only where every threshold it stands on is one of a forecast, and then the earliest
 * time any of them gives. Whatever is measured besides has begun already, and what is not known is taken for now: a message held until the morning
 * because of a guess is one that came too late.
 * @param eventNow the point's own clock, on which the evidence is dated
 * @returns epoch ms; undefined: now
 */
export function onsetOf(
  { reasons, evidence }: Pick<WarningRecord, 'reasons' | 'evidence'>,
  { now, eventNow }: { now: number; eventNow: number },
): number | undefined {
  const reached = reasons.filter(({ code }) => code === 'threshold-reached');
  if (reached.length === 0) return undefined;
  let earliest = Number.POSITIVE_INFINITY;
  for (const { indicator, deviceId, channel } of reached) {
    const said = evidence.find((one) => one.id === indicator && one.deviceId === deviceId && one.channel === channel);
    if (!said || !forecasts.has(said.detector) || said.unit !== 'h' || said.value === null || said.at === null) return undefined;
    earliest = Math.min(earliest, fromIso(said.at) + said.value * HOUR);
  }
  const onset = earliest - eventNow + now;
  return onset > now ? onset : undefined;
}
