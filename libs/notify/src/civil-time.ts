import { HOUR } from '#libs/contracts';

/** Asia/Shanghai has been UTC+8 without summer time since 1991, so an offset is exact for everything this system records. */
const SHANGHAI_OFFSET = 8 * HOUR;

const shifted = (at: number): string => new Date(at + SHANGHAI_OFFSET).toISOString();

/** `15:20`, 24 h, as messages say it. */
export const clockTime = (at: number): string => shifted(at).slice(11, 16);

/** `20261120`, the day as the vendor's query wants it. */
export const civilDay = (at: number): string => shifted(at).slice(0, 10).replaceAll('-', '');
