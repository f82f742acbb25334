import { civilDigits, civilText } from '#libs/contracts';

/** `15:20`, 24 h, as messages say it. */
export const clockTime = (at: number): string => civilText(at).slice(11, 16);

/** `20261120`, the day as the vendor's query wants it. */
export const civilDay = (at: number): string => civilDigits(at).slice(0, 8);
