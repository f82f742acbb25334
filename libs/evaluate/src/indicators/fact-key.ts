/** An indicator's key: `<indicator>|<device>|<series>`, e.g. `velocity|E1|displacement(L1_GP_1)`. The device of one across a point is `*`. */
export const factKey = (indicator: string, deviceId: string, series: string): string => `${indicator}|${deviceId}|${series}`;

/** What the parts of a key are; undefined where it is none. */
export function partsOfKey(key: string): { indicator: string; deviceId: string; series: string } | undefined {
  const [indicator, deviceId, series] = key.split('|');
  return indicator === undefined || deviceId === undefined || series === undefined ? undefined : { indicator, deviceId, series };
}

/** Device of a detector that looks across all of a point. */
export const everyDevice = '*';

export const deviceOfKey = (key: string): string => partsOfKey(key)?.deviceId ?? '';

/**
 * Kind of sensor behind a key, by its code without running number (DZ/T 0450 App B): `L1_LF` crack meter, `L1_GP` GNSS, `L3_YL` rain. Two
 * sensors of one kind share their errors: multipath, temperature, the base station.
 */
export function sensorKindOfKey(key: string): string {
  const series = partsOfKey(key)?.series ?? '';
  const inside = /\(([^)]+)\)/.exec(series)?.[1] ?? series;
  return (inside.split('.')[0] ?? inside).replace(/_(\d+|\*)$/, '');
}
