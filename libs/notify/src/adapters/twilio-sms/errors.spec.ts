import { describe, expect, it } from 'vitest';
import { e164 } from './channel.js';
import { classify, failureOf } from './errors.js';

describe('twilio error classes', () => {
  it.each([
    ['21211', 400, 'RECIPIENT_PERM'],
    ['21610', 400, 'RECIPIENT_PERM'],
    ['21611', 429, 'TRANSIENT'],
    ['20429', 429, 'TRANSIENT'],
    ['20003', 401, 'ACCOUNT'],
    ['21606', 400, 'ACCOUNT'],
    ['21617', 400, 'CONTENT'],
    ['99999', 400, 'BUG'],
    ['99999', 503, 'TRANSIENT'],
    ['unknown', 502, 'UNKNOWN'],
    ['unknown', 403, 'ACCOUNT'],
    ['ECONNREFUSED', undefined, 'TRANSIENT'],
    ['ECONNABORTED', undefined, 'UNKNOWN'],
    ['ECONNRESET', undefined, 'UNKNOWN'],
  ] as const)('%s (HTTP %s) is %s', (code, status, cls) =>
    expect(classify({ code, ...(status === undefined ? {} : { status }) })).toBe(cls),
  );

  it('keeps the SDK’s message to itself', () => {
    const thrown = Object.assign(new Error("The 'To' number +8613800001234 is not valid"), { code: 21211, status: 400 });
    expect(failureOf(thrown)).toEqual({ code: '21211', status: 400 });
    expect(JSON.stringify([failureOf(new Error('+8613800001234')), failureOf('text'), failureOf(null)])).not.toContain('138');
  });
});

it.each([
  ['13800001234', '+8613800001234'],
  ['+86 138 0000 1234', '+8613800001234'],
  ['0838-1234567', '+868381234567'],
  ['+15005550006', '+15005550006'],
])('%s is %s to the vendor', (phone, sent) => expect(e164(phone)).toBe(sent));
