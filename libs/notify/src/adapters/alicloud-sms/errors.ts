import type { ErrorClass } from '../../ports.js';

/**
 * Vendor's code → class (notify.md §1.5; sources: Alibaba Cloud SMS help 101346, 101347). Business errors arrive with HTTP 200,
 * gateway errors as 4xx and 5xx; the code decides for both.
 */
const classOf: Readonly<Record<ErrorClass, readonly string[]>> = {
  TRANSIENT: [
    'ServiceUnavailable',
    'InternalError',
    'isp.SYSTEM_ERROR',
    'isp.GATEWAY_ERROR',
    'SignatureNonceUsed',
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
  UNKNOWN: ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'RequestTimeoutError'],
  RECIPIENT_LIMIT: ['isv.BUSINESS_LIMIT_CONTROL'],
  RECIPIENT_PERM: ['isv.MOBILE_NUMBER_ILLEGAL'],
  ACCOUNT: [
    'isv.AMOUNT_NOT_ENOUGH',
    'isv.OUT_OF_SERVICE',
    'isv.ACCOUNT_ABNORMAL',
    'isv.ACCOUNT_NOT_EXISTS',
    'isv.PRODUCT_UN_SUBSCRIPT',
    'isv.PRODUCT_UNSUBSCRIBE',
    'isp.RAM_PERMISSION_DENY',
    'isv.DAY_LIMIT_CONTROL',
    'isv.MONTH_LIMIT_CONTROL',
    'isv.DENY_IP_RANGE',
    'InvalidAccessKeyId.NotFound',
    'IncompleteSignature',
    'SignatureDoesNotMatch',
    'InvalidTimeStamp.Expired',
  ],
  TEMPLATE: [
    'isv.SMS_TEMPLATE_ILLEGAL',
    'isv.SMS_SIGNATURE_ILLEGAL',
    'isv.SMS_SIGN_ILLEGAL',
    'isv.SIGN_STATE_ILLEGAL',
    'isv.SMS_SIGNATURE_SCENE_ILLEGAL',
    'isv.EXTEND_CODE_ERROR',
    'isv.DOMESTIC_NUMBER_NOT_SUPPORTED',
  ],
  CONTENT: [
    'isv.TEMPLATE_MISSING_PARAMETERS',
    'isv.TEMPLATE_PARAMS_ILLEGAL',
    'isv.INVALID_PARAMETERS',
    'isv.INVALID_JSON_PARAM',
    'isv.PARAM_LENGTH_LIMIT',
    'isv.PARAM_NOT_SUPPORT_URL',
    'isv.BLACK_KEY_CONTROL_LIMIT',
    'isv.SMS_CONTENT_ILLEGAL',
  ],
  BUG: ['isv.MOBILE_COUNT_OVER_LIMIT'],
};
const byCode = new Map(Object.entries(classOf).flatMap(([cls, codes]) => codes.map((code) => [code, cls as ErrorClass] as const)));

/**
 * Class of an answer.
 * @param status HTTP status, when there was an answer at all
 */
export function classify(code: string, status?: number): ErrorClass {
  if (code.startsWith('Throttling')) return 'TRANSIENT';
  // A gateway between us and the vendor answered: the vendor may have the message.
  if (status === 502 || status === 504) return 'UNKNOWN';
  const known = byCode.get(code);
  if (known) return known;
  if (status !== undefined && status >= 500) return 'TRANSIENT';
  // The vendor answered with a code nobody listed: it did not take the message, and sending the same again would be refused again.
  if (status !== undefined) return 'BUG';
  // No answer and no known reason: it may have been taken.
  return 'UNKNOWN';
}

export interface SdkFailure {
  code: string;
  status?: number;
  retryAfterMs?: number;
}

/**
 * What the SDK threw, without its message: that carries the URL and so the phone number and the text.
 * Its "ConnectTimeout" does not mean "not sent" (verified against the SDK), so every timeout is an unknown outcome.
 */
export function failureOf(thrown: unknown): SdkFailure {
  const field = (name: string): unknown => (typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined);
  const text = (name: string): string | undefined => {
    const value = field(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const name = text('name');
  const message = text('message') ?? '';
  if (name === 'RequestTimeoutError' || /(?:Connect|Read)Timeout|socket hang up/.test(message)) return { code: 'RequestTimeoutError' };
  const code = text('code') ?? name ?? 'unknown';
  const status = Number(field('statusCode') ?? Number.NaN);
  const retryAfter = Number(field('retryAfter') ?? Number.NaN);
  return {
    code,
    ...(Number.isFinite(status) ? { status } : {}),
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter } : {}),
  };
}
