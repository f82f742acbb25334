import { toIso, type DecodeFault } from '#libs/contracts';
import type { ValidSample } from './validate.js';

/**
 * One value a (device, channel, time) within a packet. The same value again is the same sample; another one is a
 * contradiction, kept in quarantine. Across packets the store decides, by the same identity.
 */
export function dedupe(samples: readonly ValidSample[]): { unique: ValidSample[]; faults: DecodeFault[] } {
  if (samples.length < 2) return { unique: [...samples], faults: [] };
  const seen = new Map<string, number>();
  const faults: DecodeFault[] = [];
  const unique = samples.filter(({ deviceId, channel, time, value }) => {
    const key = `${deviceId}\u001f${channel}\u001f${time}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, value);
    else if (before !== value) faults.push({ reason: 'bad-value', detail: `${channel} has two values at ${toIso(time)}` });
    return before === undefined;
  });
  return { unique, faults };
}
