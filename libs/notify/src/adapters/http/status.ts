import type { ErrorClass, SendResult } from '../../ports.js';
import type { PostOutcome } from './post.js';

/** Class of an HTTP status that says no, where the vendor's own code says nothing more. */
export function classifyStatus(status: number): ErrorClass {
  // A gateway between us and the receiver answered: the receiver may have it.
  if (status === 408 || status === 502 || status === 504) return 'UNKNOWN';
  if (status === 429 || status >= 500) return 'TRANSIENT';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'CONTENT';
  // A redirect, a wrong address, a wrong key: the configuration is at fault, and each message would meet the same.
  return 'ACCOUNT';
}

/** A refusal, with nothing of the address or the text in it. */
export const refusal = (name: string, cls: ErrorClass, code: string, retryAfterMs?: number): Extract<SendResult, { ok: false }> => ({
  ok: false,
  cls,
  code,
  message: `${name}: ${code}`,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

/** What a request without an answer, or with an HTTP error, means; undefined when there is an answer to read. */
export function withoutAnswer(name: string, outcome: PostOutcome): Extract<SendResult, { ok: false }> | undefined {
  if ('failed' in outcome) {
    // Our own refusal to connect does not heal by trying again.
    const cls = outcome.failed === 'unknown' ? 'UNKNOWN' : outcome.code === 'private-address' ? 'ACCOUNT' : 'TRANSIENT';
    return refusal(name, cls, outcome.code);
  }
  if (outcome.status >= 200 && outcome.status < 300) return undefined;
  return refusal(name, classifyStatus(outcome.status), `http-${outcome.status}`, retryAfter(outcome.headers['retry-after']));
}

/** `Retry-After` in seconds; a date, or nonsense, is no help. */
const retryAfter = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,4}$/.test(header) ? Number(header) * 1000 : undefined;

/** JSON of an answer; undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
