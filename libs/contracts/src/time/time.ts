import { z } from 'zod';

/** ISO 8601 with offset, as every record leaves the system. */
export const IsoTime = z.iso.datetime({ offset: true });
/** Epoch milliseconds: the only form of time inside the system. */
export const EpochMs = z.number().int();

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** NaN for a text that is no time. */
export const fromIso = (text: string): number => Date.parse(text);
/** ISO 8601 in UTC of epoch ms. @throws RangeError for a number outside the calendar */
export const toIso = (ms: number): string => new Date(ms).toISOString();
