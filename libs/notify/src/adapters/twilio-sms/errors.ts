import type { ErrorClass } from '../../ports.js';

/** Vendor's number → class (notify.md §2; sources: Twilio error dictionary). Of requests and of receipts alike. */
const classOf: Readonly<Record<Exclude<ErrorClass, 'UNKNOWN' | 'RECIPIENT_LIMIT' | 'TEMPLATE'>, readonly number[]>> = {
  // 21611 and 30001: the queue of the number sent from is full; 30022, 63017: more than the account may a second.
  TRANSIENT: [20429, 20503, 21611, 30001, 30022, 63017],
  // Invalid, not a mobile, a landline, opted out, unknown, out of the region's permission.
  RECIPIENT_PERM: [21211, 21214, 21217, 21408, 21610, 21612, 21614, 21635, 30005, 30006],
  ACCOUNT: [20003, 20005, 20008, 21212, 21603, 21606, 21659, 21660, 21701, 21703, 30002, 30010, 63038],
  CONTENT: [21602, 21605, 21617, 21619, 30019],
  BUG: [20001, 20404, 21609],
};
const byNumber = new Map(Object.entries(classOf).flatMap(([cls, codes]) => codes.map((code) => [code, cls as ErrorClass] as const)));
const notSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

export interface TwilioFailure {
  code: string;
  status?: number;
}

/** What the SDK threw, without its message, which may carry number and text. A timeout is an unknown outcome: the request may have arrived. */
export function failureOf(thrown: unknown): TwilioFailure {
  const field = (name: string): unknown => (typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined);
  const code = field('code');
  const status = field('status');
  return {
    code: typeof code === 'number' || typeof code === 'string' ? String(code) : 'unknown',
    ...(typeof status === 'number' ? { status } : {}),
  };
}

/** @param status HTTP status, when there was an answer at all */
export function classify({ code, status }: TwilioFailure): ErrorClass {
  const known = byNumber.get(Number(code));
  if (known) return known;
  if (notSent.has(code)) return 'TRANSIENT';
  // A gateway between us and the vendor answered: the vendor may have the message.
  if (status === 502 || status === 504) return 'UNKNOWN';
  if (status === 401 || status === 403) return 'ACCOUNT';
  if (status !== undefined && (status >= 500 || status === 429)) return 'TRANSIENT';
  // Answered with a number nobody listed: not taken, and the same again would be refused again.
  return status === undefined ? 'UNKNOWN' : 'BUG';
}
