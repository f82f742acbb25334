import { createRequire } from 'node:module';
import type twilio from 'twilio';
import type { InboundAnswer, InboundRequest, ProviderNews } from '../../ports.js';
import { classify } from './errors.js';

const require = createRequire(import.meta.url);
/** Loaded only where the driver is configured: its SDK is large. */
export const loadTwilio = (): typeof twilio => require('twilio') as typeof twilio;

/** States a message ends in; those on the way are no receipt, and may come after the end. */
const ends: Readonly<Record<string, 'delivered' | 'failed'>> = {
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
};
/** Twilio reads an answer as instructions; this one has none. */
const nothingToDo: InboundAnswer = {
  status: 200,
  type: 'text/xml; charset=utf-8',
  body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
};

/**
 * Reads a status callback or a reply, signed over the public address as the vendor called it (notify.md §2).
 * @param request its `url` is the public one
 * @returns undefined for what is not signed by the vendor for this account, or is neither
 */
export function readTwilioPush(
  request: InboundRequest,
  authToken: string,
  provider: string,
  now: number,
): { news: ProviderNews; answer: InboundAnswer } | undefined {
  const form = Object.fromEntries(new URLSearchParams(request.body.toString('utf8')));
  const signature = request.headers['x-twilio-signature'];
  if (request.method !== 'POST' || !signature || !loadTwilio().validateRequest(authToken, signature, request.url, form)) return undefined;
  const { MessageSid: sid, MessageStatus: state, From: from, Body: content, ErrorCode: errorCode } = form;
  if (!sid) return undefined;
  if (state !== undefined) {
    const status = ends[state];
    const outId = new URL(request.url).searchParams.get('outId') ?? undefined;
    const dead = errorCode !== undefined && classify({ code: errorCode, status: 400 }) === 'RECIPIENT_PERM';
    const errorClass = dead ? { errorClass: 'RECIPIENT_PERM' as const } : {};
    const receipt = status && { outId, providerId: sid, provider, status, code: errorCode ?? state, at: now, ...errorClass };
    return { news: { receipts: receipt ? [receipt] : [], replies: [] }, answer: nothingToDo };
  }
  if (from === undefined || content === undefined) return undefined;
  const reply = { provider, sequenceId: sid, channel: 'sms' as const, from, content, at: now };
  return { news: { receipts: [], replies: [reply] }, answer: nothingToDo };
}
