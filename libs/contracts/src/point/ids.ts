import { z } from 'zod';

/** Device number as the vendor burns it in; also MQTT username and client id. */
export const DeviceId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'device id: 1–64 letters, digits, - or _');
/** 统一编号 of a hazard point: county GB/T 2260 code (6) + type (2) + sequence (4); kept as text for its leading zeros. */
export const UnifiedCode = z.string().regex(/^[0-9A-Za-z_-]{6,32}$/, 'unified code: 6–32 letters or digits');
/** Mainland mobile or landline, or E.164. Never logged. */
export const Phone = z.string().regex(/^(\+?\d{7,15}|0\d{2,3}-?\d{7,8})$/, 'phone number');

/** One spelling for one number: separators and the mainland prefix (+86, 0086, 86 before an 11-digit mobile) dropped. Look-up hashes and comparisons use it. */
export function normalPhone(phone: string): string {
  const plain = phone.replace(/[\s()-]/g, '');
  const mobile = /^(?:\+|00)?86(1[3-9]\d{9})$/.exec(plain);
  return mobile?.[1] ?? plain.replace(/^00(?=[1-9])/, '+');
}
