import { CIVIL_OFFSET, DAY } from '#libs/contracts';

/** Days since 1970-01-01 in Asia/Shanghai. */
export const civilDay = (ms: number): number => Math.floor((ms + CIVIL_OFFSET) / DAY);
/** Midnight that begins the day, epoch ms. */
export const dayStart = (day: number): number => day * DAY - CIVIL_OFFSET;
export const dayText = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
/** NaN for a text that is no day of the calendar. */
export const dayOfText = (text: string): number => {
  const day = Date.parse(`${text}T00:00:00Z`) / DAY;
  return Number.isNaN(day) || dayText(day) !== text ? Number.NaN : day;
};
/** The first day of the month a day lies in. */
export const monthStart = (day: number): number => dayOfText(`${dayText(day).slice(0, 7)}-01`);
