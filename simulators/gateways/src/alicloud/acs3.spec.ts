import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Acs3Verifier, canonicalRequest, signatureOf, type SignedRequest } from './acs3.js';

/** The vendor's published example (help 2593177). */
const example: SignedRequest = {
  method: 'POST',
  url: '/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
  body: new Uint8Array(),
  headers: {
    host: 'ecs.cn-shanghai.aliyuncs.com',
    'x-acs-action': 'RunInstances',
    'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-acs-date': '2023-10-26T10:22:32Z',
    'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
    'x-acs-version': '2014-05-26',
  },
};
const names = Object.keys(example.headers).toSorted();
const published = '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0';
const signed = (signature: string, more: Record<string, string> = {}): SignedRequest => ({
  ...example,
  headers: {
    ...example.headers,
    ...more,
    authorization: `ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=${names.join(';')},Signature=${signature}`,
  },
});
const then = Date.parse('2023-10-26T10:22:40Z');
const verifier = (now = then) =>
  new Acs3Verifier(
    (id) => (id === 'YourAccessKeyId' ? 'YourAccessKeySecret' : undefined),
    () => now,
  );

describe('ACS3-HMAC-SHA256', () => {
  it('agrees with the published vector', () => {
    const canonical = canonicalRequest(example, names);
    expect(createHash('sha256').update(canonical).digest('hex')).toBe('7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259');
    expect(signatureOf('YourAccessKeySecret', canonical)).toBe(published);
    expect(verifier().verify(signed(published))).toBeUndefined();
  });

  it('refuses a wrong signature, an unsigned header, another body, an unknown key', () => {
    expect(verifier().verify(signed(`1${published.slice(1)}`))?.code).toBe('SignatureDoesNotMatch');
    expect(verifier().verify(signed(published, { 'x-acs-security-token': 't' }))?.code).toBe('SignatureDoesNotMatch');
    expect(verifier().verify({ ...signed(published), body: new Uint8Array([1]) })?.code).toBe('SignatureDoesNotMatch');
    expect(verifier().verify(example)?.code).toBe('IncompleteSignature');
    expect(
      new Acs3Verifier(
        () => undefined,
        () => then,
      ).verify(signed(published)),
    ).toEqual({ code: 'InvalidAccessKeyId.NotFound', status: 404 });
  });

  it('refuses a request seen before, and one from another time', () => {
    const one = verifier();
    expect(one.verify(signed(published))).toBeUndefined();
    expect(one.verify(signed(published))?.code).toBe('SignatureNonceUsed');
    expect(verifier(then + 16 * 60_000).verify(signed(published))?.code).toBe('InvalidTimeStamp.Expired');
  });
});
