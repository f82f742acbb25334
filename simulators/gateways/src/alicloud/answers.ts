import { randomUUID } from 'node:crypto';
import { civilText } from '#libs/contracts';
import type { RefusalReason } from '../frame/faults.js';
import type { RefusalWords } from '../frame/refusal.js';
import type { WireAnswer } from '../frame/vendor.js';

/** `2026-07-01 15:20:00`, in the vendor's civil time. */
export const shanghai = (at: number): string => civilText(at).slice(0, 19);

/** Refusals of business arrive with HTTP 200, as the vendor's do. */
export const answer = (Code: string, Message: string, more: Record<string, unknown> = {}): WireAnswer => ({
  status: 200,
  body: { RequestId: randomUUID().toUpperCase(), Code, Message, ...more },
});
export const gatewayError = (status: number, code: string): WireAnswer => ({
  status,
  body: { RequestId: randomUUID().toUpperCase(), Code: code, Message: code },
});

export type Reasons = Readonly<Record<RefusalReason, readonly [code: string, message: string]>>;

export const wordsOf = (reasons: Reasons): RefusalWords => ({
  reason: (reason) => answer(...reasons[reason]),
  code: (code) => answer(code, code),
  gateway: (reason) => (reason === 'throttled' ? gatewayError(400, 'Throttling.User') : gatewayError(503, 'ServiceUnavailable')),
});
