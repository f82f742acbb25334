import { createHash, timingSafeEqual } from 'node:crypto';
import { civilDigits } from '#libs/contracts';
import type { CmppBody, CmppVersion } from './codec.js';

const versionByte: Readonly<Record<CmppVersion, number>> = { '2.0': 0x20, '3.0': 0x30 };
const md5 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
  return hash.digest();
};

/** Status of CONNECT_RESP, for people. */
export const connectStatus: Readonly<Record<number, string>> = {
  1: 'structure-refused',
  2: 'source-unknown',
  3: 'secret-refused',
  4: 'version-too-high',
};

/**
 * Signs on: `AuthenticatorSource` = MD5(source, six characters + 9 × NUL + secret + MMDDHHMMSS in Beijing).
 * @param now epoch ms
 */
export function connectBody(source: string, secret: string, version: CmppVersion, now: number): CmppBody<'connect'> {
  const stamp = civilDigits(now).slice(4, 14);
  const authenticator = md5(source, Buffer.alloc(9), secret, stamp);
  return { source, authenticator, version: versionByte[version], timestamp: Number(stamp) };
}

/** Whether the gateway knows the secret too: MD5(status + our authenticator + secret). Some gateways leave it empty. */
export function gatewayIsGenuine(answer: CmppBody<'connectResp'>, ours: Buffer, secret: string, version: CmppVersion): boolean {
  const status = Buffer.alloc(version === '2.0' ? 1 : 4);
  status.writeUIntBE(answer.status, 0, status.length);
  return timingSafeEqual(md5(status, ours, secret), answer.authenticator);
}

/**
 * `ValId_Time`, when the carrier may stop trying: YYMMDDhhmmss, tenths, quarter hours from UTC, `+` (SMPP 3.3 absolute time). Beijing.
 * @param until epoch ms
 */
export const validUntil = (until: number): string => `${civilDigits(until).slice(2, 14)}032+`;
