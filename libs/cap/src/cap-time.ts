/** China has one time zone and no summer time. */
const BEIJING_MS = 8 * 3_600_000;

/** A time as CAP 1.2 wants it, Beijing time: whole seconds and a numeric offset; "Z" is not valid (§3.3.2). @param time epoch ms */
export const capTime = (time: number): string => `${new Date(time + BEIJING_MS).toISOString().slice(0, 19)}+08:00`;
