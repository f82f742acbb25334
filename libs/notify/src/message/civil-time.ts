import { civilDigits, civilText } from '#libs/contracts';

/** `15:20`, 24 h, as messages say it. */
export const clockTime = (at: number): string => civilText(at).slice(11, 16);

/** `20261120`, the day as the vendor's query wants it. */
export const civilDay = (at: number): string => civilDigits(at).slice(0, 8);

/** When something was said, to be found among other messages: `15:20` of the same day, else `7日15:20`. At most eight characters. */
export const momentOf = (at: number, now: number): string => {
  const sameDay = civilDay(at) === civilDay(now);
  return sameDay ? clockTime(at) : `${Number(civilText(at).slice(8, 10))}日${clockTime(at)}`;
};
