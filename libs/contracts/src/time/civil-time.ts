import { DAY, HOUR, toIso } from './time.js';

/** Asia/Shanghai has been UTC+8 without summer time since 1991, so one offset is exact for everything this system records (ms). */
export const CIVIL_OFFSET = 8 * HOUR;

/** Civil time in China, `2026-07-01 15:20:30.789`; whoever shows less cuts it off. @param at epoch ms */
export const civilText = (at: number): string =>
  toIso(at + CIVIL_OFFSET)
    .slice(0, -1)
    .replace('T', ' ');

/** Civil day, `2026-07-01`. @param at epoch ms */
export const civilDate = (at: number): string => civilText(at).slice(0, 10);

/** Its digits without anything between them, as vendors and protocols write it: `20260701152030789`. @param at epoch ms */
export const civilDigits = (at: number): string => civilText(at).replace(/\D/g, '');

/** Midnight that begins the civil day `at` lies in, epoch ms. */
export const civilMidnight = (at: number): number => Math.floor((at + CIVIL_OFFSET) / DAY) * DAY - CIVIL_OFFSET;
