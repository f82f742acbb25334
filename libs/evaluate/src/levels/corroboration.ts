/** One instrument that has held a level long enough, and the kinds of sensor on it that did. */
export interface Witness {
  deviceId: string;
  kinds: readonly string[];
}

/**
 * How many independent kinds of sensor bear witness: each on a device of its own, because kinds on one device share its power, its mast and its
 * radio (algorithms.md B13). A largest matching of kinds to devices.
 */
export function independentKinds(witnesses: readonly Witness[]): number {
  const taken = new Map<string, string>();
  const seat = (kind: string, tried: Set<string>): boolean => {
    for (const { deviceId, kinds } of witnesses) {
      if (!kinds.includes(kind) || tried.has(deviceId)) continue;
      tried.add(deviceId);
      const other = taken.get(deviceId);
      if (other === undefined || seat(other, tried)) {
        taken.set(deviceId, kind);
        return true;
      }
    }
    return false;
  };
  let seated = 0;
  for (const kind of new Set(witnesses.flatMap(({ kinds }) => kinds))) if (seat(kind, new Set())) seated += 1;
  return seated;
}
