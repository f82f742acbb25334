import { describe, expect, it } from 'vitest';
import { classify, failureOf } from './errors.js';

describe('alicloud error classes', () => {
  it.each([
    ['isv.BUSINESS_LIMIT_CONTROL', 200, 'RECIPIENT_LIMIT'],
    ['isv.MOBILE_NUMBER_ILLEGAL', 200, 'RECIPIENT_PERM'],
    ['isv.AMOUNT_NOT_ENOUGH', 200, 'ACCOUNT'],
    ['InvalidAccessKeyId.NotFound', 404, 'ACCOUNT'],
    ['isv.SMS_TEMPLATE_ILLEGAL', 200, 'TEMPLATE'],
    ['isv.TTS_TEMPLATE_ILLEGAL', 200, 'TEMPLATE'],
    ['isv.DISPLAY_NUMBER_ILLEGAL', 200, 'ACCOUNT'],
    ['isv.VOICE_ROBOT_NOT_PERIOD', 200, 'RECIPIENT_LIMIT'],
    ['isv.INVALID_JSON_PARAM', 200, 'CONTENT'],
    ['isv.MOBILE_COUNT_OVER_LIMIT', 200, 'BUG'],
    ['isp.SYSTEM_ERROR', 200, 'TRANSIENT'],
    ['Throttling.User', 400, 'TRANSIENT'],
    ['ServiceUnavailable', 503, 'TRANSIENT'],
    ['SomethingNew', 500, 'TRANSIENT'],
    ['SomethingNew', 502, 'UNKNOWN'],
    ['isv.NOBODY_LISTED_THIS', 200, 'BUG'],
    ['ECONNREFUSED', undefined, 'TRANSIENT'],
    ['ECONNRESET', undefined, 'UNKNOWN'],
    ['SomethingNew', undefined, 'UNKNOWN'],
  ] as const)('%s (HTTP %s) is %s', (code, status, cls) => expect(classify(code, status)).toBe(cls));

  it('reads what the SDK throws and keeps its message, with number and text, to itself', () => {
    const url = 'POST http://127.0.0.1/?PhoneNumbers=13800001234&TemplateParam=%E7%9F%B3';
    const timeout = Object.assign(new Error(`ConnectTimeout(500). ${url} failed.`), { name: 'RequestTimeoutError' });
    const server = Object.assign(new Error(`ServiceUnavailable: code: 503, ${url}`), { code: 'ServiceUnavailable', statusCode: 503 });
    const throttled = Object.assign(new Error(url), { code: 'Throttling', statusCode: 400, retryAfter: 2_000 });
    expect(failureOf(timeout)).toEqual({ code: 'RequestTimeoutError' });
    expect(failureOf(server)).toEqual({ code: 'ServiceUnavailable', status: 503 });
    expect(failureOf(throttled)).toEqual({ code: 'Throttling', status: 400, retryAfterMs: 2_000 });
    expect(failureOf(new Error('socket hang up'))).toEqual({ code: 'RequestTimeoutError' });
    expect(JSON.stringify([timeout, server, throttled, 'text', null, undefined].map(failureOf))).not.toContain('1380000');
  });
});
