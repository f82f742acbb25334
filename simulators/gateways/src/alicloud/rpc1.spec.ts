import { describe, expect, it } from 'vitest';
import { rpc1SignatureOf, Rpc1Verifier } from './rpc1.js';

/** The vendor's published example (ECS DescribeRegions). */
const example = {
  AccessKeyId: 'testid',
  Action: 'DescribeRegions',
  Format: 'XML',
  SignatureMethod: 'HMAC-SHA1',
  SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
  SignatureVersion: '1.0',
  Timestamp: '2016-02-23T12:46:24Z',
  Version: '2014-05-26',
};
const published = 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=';
const then = Date.parse('2016-02-23T12:47:00Z');
const verifier = (now = then) =>
  new Rpc1Verifier(
    (id) => (id === 'testid' ? 'testsecret' : undefined),
    () => now,
  );

describe('RPC signature 1.0', () => {
  it('agrees with the published vector', () => {
    expect(rpc1SignatureOf('testsecret', 'GET', example)).toBe(published);
    expect(verifier().verify('GET', { ...example, Signature: published })).toBeUndefined();
  });

  it('refuses another method, a changed parameter, an unknown key, no signature', () => {
    expect(verifier().verify('POST', { ...example, Signature: published })?.code).toBe('SignatureDoesNotMatch');
    expect(verifier().verify('GET', { ...example, Action: 'SendSms', Signature: published })?.code).toBe('SignatureDoesNotMatch');
    expect(verifier().verify('GET', { ...example, AccessKeyId: 'x', Signature: published })?.code).toBe('InvalidAccessKeyId.NotFound');
    expect(verifier().verify('GET', example)?.code).toBe('IncompleteSignature');
  });

  it('refuses a request seen before, and one from another time', () => {
    const one = verifier();
    expect(one.verify('GET', { ...example, Signature: published })).toBeUndefined();
    expect(one.verify('GET', { ...example, Signature: published })?.code).toBe('SignatureNonceUsed');
    expect(verifier(then + 16 * 60_000).verify('GET', { ...example, Signature: published })?.code).toBe('InvalidTimeStamp.Expired');
  });
});
