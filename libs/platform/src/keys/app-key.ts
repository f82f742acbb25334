import { createDecipheriv, createHmac } from 'node:crypto';
import { z } from 'zod';
import type { SealedEnvelope } from '#libs/contracts';
import { sameHash } from './crypto.js';

const Hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2})+$/i, 'hexadecimal digits')
  .transform((text) => text.toLowerCase());
const keyBytes: Readonly<Record<string, readonly number[]>> = { aes: [16, 24, 32], des: [8], '3des': [16, 24] };
const blockBytes: Readonly<Record<string, number>> = { aes: 16, des: 8, '3des': 8 };

/** How the payloads of one application are sealed: what its vendor says when the devices are handed over. */
export const AppKey = z
  .strictObject({
    cipher: z.enum(['aes', 'des', '3des']),
    mode: z.enum(['ecb', 'cbc']),
    key: Hex,
    /** Of cbc: fixed, or `prefix` where the first block of the body is the vector. */
    iv: z.union([z.literal('prefix'), Hex]).optional(),
    /** Key of the signature (HMAC-SHA-256); when given, an envelope without a right signature is refused. */
    signKey: Hex.optional(),
    /**
     * Seconds an envelope is taken for fresh. Less: every resend after an outage of the network is called a replay; more: an old
     * status can be played again as today's. Values with a time of their own are taken at any age: they land where they were.
     */
    window: z.number().int().min(10).max(86_400).default(600),
  })
  .superRefine(({ cipher, mode, key, iv }, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (!keyBytes[cipher]?.includes(key.length / 2)) issue('key', `a key of ${cipher} has ${keyBytes[cipher]?.join(' or ')} bytes`);
    if (mode === 'ecb' && iv !== undefined) issue('iv', 'ecb has none');
    if (mode === 'cbc' && iv !== 'prefix' && iv?.length !== 2 * (blockBytes[cipher] ?? 0))
      issue('iv', `cbc of ${cipher} needs ${blockBytes[cipher]} bytes, or "prefix"`);
  });
export type AppKey = z.infer<typeof AppKey>;

/** @throws when the body is not of this key (wrong padding) */
export function decipher(body: Uint8Array, { cipher, mode, key, iv }: AppKey): Uint8Array {
  const block = blockBytes[cipher] ?? 0;
  const vector = mode === 'ecb' ? null : iv === 'prefix' ? body.subarray(0, block) : Buffer.from(iv ?? '', 'hex');
  const sealed = iv === 'prefix' ? body.subarray(block) : body;
  const opening = createDecipheriv(...nodeCipher(cipher, mode, Buffer.from(key, 'hex')), vector);
  return Buffer.concat([opening.update(sealed), opening.final()]);
}

/** OpenSSL 3 has no single DES any more; triple DES with three equal keys is the same function. */
function nodeCipher(cipher: AppKey['cipher'], mode: AppKey['mode'], key: Buffer): [name: string, key: Buffer] {
  if (cipher === 'aes') return [`aes-${key.length * 8}-${mode}`, key];
  const name = mode === 'ecb' ? 'des-ede3' : 'des-ede3-cbc';
  if (cipher === 'des') return [name, Buffer.concat([key, key, key])];
  return [name, key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key];
}

/** Signature over `appId=…&timestamp=…&nonce=…&body=…` as written; hexadecimal or base64. */
export function rightlySigned({ appId, timestamp = '', nonce = '', body, signature = '' }: SealedEnvelope, signKey: string): boolean {
  const text = `appId=${appId}&timestamp=${timestamp}&nonce=${nonce}&body=${body}`;
  const hash = createHmac('sha256', Buffer.from(signKey, 'hex')).update(text).digest();
  return sameHash(hash.toString('hex'), signature.toLowerCase()) || sameHash(hash.toString('base64'), signature);
}

/** True when an algorithm named in the header is the one of the key. The sender never chooses: only the key says how it is opened. */
export function agrees(named: string | undefined, cipher: AppKey['cipher']): boolean {
  if (named === undefined) return true;
  const family = named.toLowerCase().split(/[/_-]/)[0] ?? '';
  return (family.startsWith('aes') ? 'aes' : /^(3des|tripledes|des3|desede)/.test(family) ? '3des' : family) === cipher;
}

/** When an envelope was sealed, epoch ms: milliseconds, seconds, or `yyyyMMddHHmmss` in Beijing time. */
export function sealedAt(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined) return undefined;
  if (/^\d{13}$/.test(timestamp)) return Number(timestamp);
  if (/^\d{10}$/.test(timestamp)) return Number(timestamp) * 1000;
  const civil = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(timestamp);
  const time = civil ? Date.parse(`${civil[1]}-${civil[2]}-${civil[3]}T${civil[4]}:${civil[5]}:${civil[6]}+08:00`) : Date.parse(timestamp);
  return Number.isNaN(time) ? undefined : time;
}
