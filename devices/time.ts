import type { TimeRule } from '#libs/contracts';

/** China Standard Time, UTC+8 all year. */
const LOCAL_OFFSET_MS = 8 * 3_600_000;

/** A device that lost its clock says 1970 or 1980; a field left at its maximum says 2106 or later. Neither is a time of a measurement. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

const civil = /^(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i;
const epochMs = /^\d{13}$/;

/** True for text that means to be a time (a key of a type 2 frame), be it a good one or not. */
export const looksLikeTime = (text: string): boolean => epochMs.test(text) || /^\d{4}[-/]\d/.test(text);

/**
 * Device time to epoch ms: ISO 8601, `YYYY-MM-DD HH:mm:ss`, or epoch milliseconds as number or text.
 * @returns undefined when it is no date of the calendar, or none at which an instrument of this system measured
 */
export function parseDeviceTime(raw: unknown, rule: TimeRule): number | undefined {
  const time = typeof raw === 'number' ? Math.round(raw) : typeof raw === 'string' ? parseText(raw.trim(), rule) : undefined;
  return time !== undefined && time >= EARLIEST_MS && time < LATEST_MS ? time : undefined;
}

function parseText(text: string, rule: TimeRule): number | undefined {
  if (epochMs.test(text)) return Number(text);
  const match = civil.exec(text);
  if (!match) return undefined;
  const part = (group: number): number => Number(match[group] ?? '0');
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const days = Date.UTC(year, month - 1, day);
  const back = new Date(days);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return undefined;
  const milliseconds = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1000 + 1e-6);
  return days + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - offset(match[8], rule);
}

function offset(zone: string | undefined, rule: TimeRule): number {
  if (zone === undefined) return rule.unmarked === 'local' ? LOCAL_OFFSET_MS : 0;
  if (zone === 'Z' || zone === 'z') return rule.marked === 'local' ? LOCAL_OFFSET_MS : 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}
