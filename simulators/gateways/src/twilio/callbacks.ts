import { createHmac } from 'node:crypto';
import type { AcceptedMessage, Reply } from '../frame/message-log.js';
import type { Push } from '../frame/pushes.js';

export interface Signer {
  accountSid: string;
  authToken: string;
}

/** `X-Twilio-Signature`: HMAC-SHA1 over the whole address and the sorted form (notify.md §2). */
export function twilioSignature(authToken: string, url: string, form: Readonly<Record<string, string>>): string {
  const text = Object.keys(form)
    .toSorted()
    .map((key) => `${key}${form[key]}`)
    .join('');
  return createHmac('sha1', authToken)
    .update(url + text)
    .digest('base64');
}

function signed(url: string, form: Record<string, string>, { authToken }: Signer): Push {
  return {
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': twilioSignature(authToken, url, form) },
    body: new URLSearchParams(form).toString(),
    accepted: (status) => status < 400,
  };
}

/** Carrier's code → the vendor's, for a message that did not arrive. */
const errorCodes: Readonly<Record<string, string>> = { UNDELIV: '30003', EXPIRED: '30036' };

/** State of a message whose receipt is in. */
export const finalState = (receipt: string | null): { status: string; errorCode?: string } =>
  receipt === 'DELIVERED' ? { status: 'delivered' } : { status: 'undelivered', errorCode: errorCodes[receipt ?? ''] ?? '30008' };

/** One push a state, as each is reached. */
export function statusCallbacks(message: AcceptedMessage, reversed: boolean, signer: Signer): Push[] {
  const url = message.callback;
  if (url === undefined) return [];
  const { status, errorCode } = finalState(message.receipt);
  const forms = ['sent', status].map((state) => ({
    MessageSid: message.bizId,
    SmsSid: message.bizId,
    MessageStatus: state,
    SmsStatus: state,
    To: message.to,
    From: message.sign,
    AccountSid: signer.accountSid,
    ApiVersion: '2010-04-01',
    ...(state === status && errorCode ? { ErrorCode: errorCode } : {}),
  }));
  return (reversed ? forms.toReversed() : forms).map((form) => signed(url, form, signer));
}

/** Somebody wrote back. */
export function inbound(reply: Reply, url: string, to: string, signer: Signer): Push {
  const sid = `SM${reply.id.replaceAll('-', '')}`;
  const { from: From, text: Body } = reply;
  const form = { MessageSid: sid, SmsSid: sid, SmsStatus: 'received', AccountSid: signer.accountSid, ApiVersion: '2010-04-01' };
  return signed(url, { ...form, From, To: to, Body, NumSegments: '1', NumMedia: '0' }, signer);
}
