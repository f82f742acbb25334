import { sha256 } from './crypto.js';

/** Digits of the password a protocol has room for: SL 651 two bytes of BCD, HJ 212 six characters. */
const digits = { sl651: 4, hj212: 6 } as const;
export type LinkProtocol = keyof typeof digits;

/**
 * The password a device uses where its secret does not fit. Made from the hash of the secret, so that nothing more is kept; it
 * says nothing about the secret. So few digits keep mistakes out, not attackers: the listeners belong into a closed network.
 */
export function linkPassword(secretHash: string, protocol: LinkProtocol): string {
  const number = Number.parseInt(sha256(`link password ${protocol} ${secretHash}`).slice(0, 12), 16);
  return String(number % 10 ** digits[protocol]).padStart(digits[protocol], '0');
}
