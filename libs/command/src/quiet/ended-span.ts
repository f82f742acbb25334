import { Problem, spanEnd, toIso } from '#libs/contracts';

/** A maintenance window or a silence: somebody answers for it, and it ends by itself or by a person. */
interface Span {
  id: string;
  until: string;
  endedAt?: string | undefined;
  version: number;
}

/**
 * The span, ended now by this user.
 * @param what it is, for the refusal: `silence`, `maintenance`
 * @throws Problem illegal-transition when it is over already
 */
export function endedSpan<T extends Span>(span: T, what: string, by: string, now: number): T {
  if (spanEnd(span) <= now)
    throw new Problem('illegal-transition', `${what} ${span.id} was over at ${toIso(spanEnd(span))}`, { legal: [] });
  return { ...span, endedAt: toIso(now), endedBy: by, version: span.version + 1 };
}
