import { CIVIL_OFFSET, type TimeRule } from '#libs/contracts';

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
  let time: number | undefined;
  if (typeof raw === 'number') time = Math.round(raw);
  else if (typeof raw === 'string') {
    time = rule.marked === 'utc' ? parsePlain(raw) : Number.NaN;
    if (Number.isNaN(time)) time = parseText(raw.trim(), rule);
  }
  if (time !== undefined && rule.scale === 'gpst') time = gpstToUtc(time);
  return time !== undefined && time >= EARLIEST_MS && time < LATEST_MS ? time : undefined;
}

/** UTC as nearly every device writes it, `2026-03-14T06:00:00.000Z` (fraction optional): a third of the time the general form takes. NaN: another form. */
function parsePlain(text: string): number {
  if (text.charCodeAt(text.length - 1) !== 0x5a || (text.length !== 20 && text.length !== 24)) return Number.NaN;
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d || text.charCodeAt(10) !== 0x54) return Number.NaN;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a || (text.length === 24 && text.charCodeAt(19) !== 0x2e))
    return Number.NaN;
  const day = two(text, 8);
  const month = two(text, 5);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  // Days after the 28th are checked against the calendar by the general form; NaN fails every comparison.
  if (!(day >= 1 && day <= 28 && month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  const fraction = text.length === 24 ? two(text, 20) * 10 + digit(text, 22) : 0;
  return Date.UTC(two(text, 0) * 100 + two(text, 2), month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
}

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
};
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** GPS time minus UTC by the day (UTC) from which it holds; no leap second has been announced since. */
const leapSeconds: readonly (readonly [from: number, seconds: number])[] = [
  [Date.UTC(2017, 0, 1), 18],
  [Date.UTC(2015, 6, 1), 17],
  [Date.UTC(2012, 6, 1), 16],
  [Date.UTC(2009, 0, 1), 15],
  [Date.UTC(2006, 0, 1), 14],
  [Date.UTC(1999, 0, 1), 13],
];

/** GPS time, written as if it were UTC, to UTC; both epoch ms. */
export function gpstToUtc(gpst: number): number {
  const found = leapSeconds.find(([from, seconds]) => gpst - seconds * 1000 >= from);
  return gpst - (found?.[1] ?? 13) * 1000;
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
  if (zone === undefined) return rule.unmarked === 'local' ? CIVIL_OFFSET : 0;
  if (zone === 'Z' || zone === 'z') return rule.marked === 'local' ? CIVIL_OFFSET : 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}
