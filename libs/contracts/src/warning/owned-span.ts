import { z } from 'zod';
import { fromIso, IsoTime } from '../time/time.js';

/** A stretch of time somebody answers for: a maintenance window, a silence. It always ends by itself, and a person may end it sooner. */
export const ownedSpan = {
  id: z.string(),
  divisionCode: z.string(),
  /** User name of who answers for it. */
  owner: z.string(),
  reason: z.string(),
  from: IsoTime,
  until: IsoTime,
  /** Ended by a person before `until`. */
  endedAt: IsoTime.optional(),
  endedBy: z.string().optional(),
  version: z.number().int(),
};

/** Why, in the words of who asks for it. */
export const SpanReason = z.string().trim().min(2).max(200);

/** When it ends, or ended: epoch ms. */
export const spanEnd = ({ until, endedAt }: { until: string; endedAt?: string | undefined }): number =>
  Math.min(fromIso(until), endedAt === undefined ? Number.POSITIVE_INFINITY : fromIso(endedAt));

/** The one that ends last. */
export const endingLast = <T extends Parameters<typeof spanEnd>[0]>(spans: readonly T[]): T | undefined =>
  spans.reduce<T | undefined>((last, one) => (last === undefined || spanEnd(one) > spanEnd(last) ? one : last), undefined);
