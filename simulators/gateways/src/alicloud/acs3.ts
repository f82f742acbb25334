import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Freshness, sortedQuery, type SignatureFault } from './freshness.js';

/** What of a request the signature covers. */
export interface SignedRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Uint8Array;
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** The canonical request of ACS3-HMAC-SHA256 (Alibaba Cloud help 2593177). */
export function canonicalRequest({ method, url, headers }: Omit<SignedRequest, 'body'>, signedHeaders: readonly string[]): string {
  const [pathname = '', query = ''] = url.split('?', 2);
  const signed = signedHeaders.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`).join('');
  return [
    method,
    pathname,
    sortedQuery(new URLSearchParams(query)),
    signed,
    signedHeaders.join(';'),
    String(headers['x-acs-content-sha256'] ?? ''),
  ].join('\n');
}

export const signatureOf = (secret: string, canonical: string): string =>
  createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');

const authorization = /^ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

/** Verifies requests the way the vendor's gateway does: signature, body hash, clock, nonce. Codes and statuses are the vendor's. */
export class Acs3Verifier {
  readonly #secretOf: (accessKeyId: string) => string | undefined;
  readonly #freshness: Freshness;

  constructor(secretOf: (accessKeyId: string) => string | undefined, now: () => number) {
    this.#secretOf = secretOf;
    this.#freshness = new Freshness(now);
  }

  /** @returns the fault, or undefined when the request is genuine and new */
  verify(request: SignedRequest): SignatureFault | undefined {
    const match = authorization.exec(String(request.headers.authorization ?? ''));
    if (!match) return { code: 'IncompleteSignature', status: 400 };
    const [, accessKeyId = '', signedHeaders = '', signature = ''] = match;
    const secret = this.#secretOf(accessKeyId);
    if (secret === undefined) return { code: 'InvalidAccessKeyId.NotFound', status: 404 };
    const mismatch = { code: 'SignatureDoesNotMatch', status: 400 };
    if (sha256(request.body) !== request.headers['x-acs-content-sha256']) return mismatch;
    const names = signedHeaders.split(';');
    // What is not signed could be changed on the way.
    const unsigned = Object.keys(request.headers).some((name) => name.startsWith('x-acs-') && !names.includes(name));
    if (unsigned || !names.includes('host')) return mismatch;
    const expected = signatureOf(secret, canonicalRequest(request, names));
    if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return mismatch;
    return this.#freshness.check(String(request.headers['x-acs-date'] ?? ''), String(request.headers['x-acs-signature-nonce'] ?? ''));
  }
}
