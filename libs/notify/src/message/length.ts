/**
 * Length of an SMS as mainland carriers bill and split it: every character counts one, the sign with its brackets
 * included; up to 70 in one part, above that 67 a part (three go into the header that joins the parts).
 * Source: Alibaba Cloud SMS help 44335, 2881383; notify.md §1.7. Characters outside the BMP take two UCS-2 units.
 */
export const ONE_PART = 70;
export const PART_OF_MANY = 67;
/**
 * Ceiling of a red message (drill: ONE_PART). Three below one part: a carrier that counts the sign's brackets differently, or a gateway that
 * adds one, must not split a message someone has to read while running. Lower would cut places, higher would split them.
 */
export const RED_CEILING = 67;

export interface SmsLength {
  chars: number;
  parts: number;
}

/** The message as the phone shows it. */
export const withSign = (sign: string, text: string): string => `【${sign}】${text}`;

/** @param sign as registered, without brackets */
export function smsLength(sign: string, text: string): SmsLength {
  const chars = withSign(sign, text).length;
  return { chars, parts: chars <= ONE_PART ? 1 : Math.ceil(chars / PART_OF_MANY) };
}
