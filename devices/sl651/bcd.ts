import { civilDigits } from '#libs/contracts';

/** Digits of BCD bytes, e.g. 12 34 → "1234"; undefined when a half byte is no digit. */
export function digitsOf(bytes: Uint8Array): string | undefined {
  const text = hexOf(bytes);
  return /^\d*$/.test(text) ? text : undefined;
}

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text.toUpperCase();
}

/** A text of hex digits (even length) as bytes. */
export function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

/** The station's number for a BCD value with its decimals, or why there is none. */
export type BcdValue = { value: number } | 'absent' | 'bad';

/**
 * A value as SL 651 writes it: BCD, FF before a negative one, all FF (some stations: all AA) when the station has none.
 * @param decimals places after the point, from the descriptor
 */
export function bcdValue(bytes: Uint8Array, decimals: number): BcdValue {
  if (bytes.length === 0) return 'bad';
  if (bytes.every((byte) => byte === 0xff) || bytes.every((byte) => byte === 0xaa)) return 'absent';
  const negative = bytes[0] === 0xff;
  const digits = digitsOf(negative ? bytes.subarray(1) : bytes);
  if (digits === undefined) return 'bad';
  // Through text: 123 / 10^2 in doubles is not always what the station shows.
  const value = Number(`${negative ? '-' : ''}${digits}e-${decimals}`);
  return Number.isFinite(value) ? { value } : 'bad';
}

/** Epoch ms as `yyMMddHHmmss` in Beijing time, the time of SL 651 and HJ 212. */
export const stampOf = (time: number): string => civilDigits(time).slice(2, 14);

/** `yyMMddHHmm[ss]` in Beijing time, as text a device time rule reads; undefined when these are no digits. */
export function stampText(bytes: Uint8Array): string | undefined {
  const digits = digitsOf(bytes);
  if (digits === undefined || digits.length < 10) return undefined;
  const part = (at: number): string => digits.slice(at, at + 2);
  const seconds = digits.length >= 12 ? `:${part(10)}` : '';
  return `20${part(0)}-${part(2)}-${part(4)} ${part(6)}:${part(8)}${seconds}`;
}
