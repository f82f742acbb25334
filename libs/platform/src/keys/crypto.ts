import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256, hex. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** First `length` hex digits of SHA-256 over the parts, joined by a character none of them holds: the station's deterministic ids. */
export const hashId = (length: number, ...parts: readonly (string | number)[]): string => sha256(parts.join('\u001f')).slice(0, length);

/** Compares in a time that does not depend on where two hashes of one length differ. */
export const sameHash = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/**
 * The data key (WANGSHAN_DATA_KEY or <data dir>/data.key) and what is made of it: encrypted columns, keyed look-up hashes,
 * device secrets, session tokens. One derived key a purpose, so that a hash of one kind says nothing about another.
 */
export class DataKey {
  readonly #cipherKey: Buffer;
  readonly #lookupKey: Buffer;
  readonly #secretKey: Buffer;
  readonly #tokenKey: Buffer;
  readonly #hookKey: Buffer;

  constructor(key: string) {
    const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', key, 'wangshan', purpose, 32));
    this.#cipherKey = derive('column');
    this.#lookupKey = derive('lookup');
    this.#secretKey = derive('device-secret');
    this.#tokenKey = derive('session-token');
    this.#hookKey = derive('hook');
  }

  /** AES-256-GCM, base64 of iv (12) + tag (16) + ciphertext. `context` (table.column) is authenticated: a value moved to another column does not open. */
  encrypt(text: string, context: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#cipherKey, iv).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
  }

  /** @throws if the value was made with another key or for another column */
  decrypt(value: string, context: string): string {
    const bytes = Buffer.from(value, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#cipherKey, bytes.subarray(0, 12)).setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }

  /** Keyed hash of a normalised phone number or name, for equality look-up of an encrypted column. */
  lookupHash(text: string): string {
    return createHmac('sha256', this.#lookupKey).update(text).digest('hex');
  }

  /** Device secrets are random and long, so one HMAC is enough and a reconnect storm stays cheap. */
  deviceSecretHash(secret: string): string {
    return createHmac('sha256', this.#secretKey).update(secret).digest('hex');
  }

  tokenHash(token: string): string {
    return createHmac('sha256', this.#tokenKey).update(token).digest('hex');
  }

  /**
   * Secret part of the address a provider pushes to: as random as the data key, the same after every start, and another one in another round.
   * 32 URL-safe characters.
   */
  hookToken(driver: string, round: number): string {
    return createHmac('sha256', this.#hookKey).update(`${driver}\u001f${round}`).digest('base64url').slice(0, 32);
  }
}

/** Random URL-safe text of `bytes` bytes of entropy. */
export const randomSecret = (bytes = 24): string => randomBytes(bytes).toString('base64url');
