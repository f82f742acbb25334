import { createHmac, timingSafeEqual } from 'node:crypto';
import { encode, Freshness, sortedQuery, type SignatureFault } from './freshness.js';

/** Signature 1.0 of an RPC request: HMAC-SHA1 over method and sorted parameters, query and form alike. */
export function rpc1SignatureOf(secret: string, method: string, params: Readonly<Record<string, string>>): string {
  const unsigned = Object.entries(params).filter(([name]) => name !== 'Signature');
  return createHmac('sha1', `${secret}&`)
    .update(`${method}&${encode('/')}&${encode(sortedQuery(unsigned))}`)
    .digest('base64');
}

/** Verifies requests with the older of the vendor's two signatures, which older SDKs and many programs still use. */
export class Rpc1Verifier {
  readonly #secretOf: (accessKeyId: string) => string | undefined;
  readonly #freshness: Freshness;

  constructor(secretOf: (accessKeyId: string) => string | undefined, now: () => number) {
    this.#secretOf = secretOf;
    this.#freshness = new Freshness(now);
  }

  /** @returns the fault, or undefined when the request is genuine and new */
  verify(method: string, params: Readonly<Record<string, string>>): SignatureFault | undefined {
    const { Signature, AccessKeyId, SignatureMethod, SignatureVersion, Timestamp = '', SignatureNonce = '' } = params;
    if (Signature === undefined || AccessKeyId === undefined || SignatureMethod !== 'HMAC-SHA1' || SignatureVersion !== '1.0')
      return { code: 'IncompleteSignature', status: 400 };
    const secret = this.#secretOf(AccessKeyId);
    if (secret === undefined) return { code: 'InvalidAccessKeyId.NotFound', status: 404 };
    const expected = Buffer.from(rpc1SignatureOf(secret, method, params));
    const given = Buffer.from(Signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return { code: 'SignatureDoesNotMatch', status: 400 };
    return this.#freshness.check(Timestamp, SignatureNonce);
  }
}
