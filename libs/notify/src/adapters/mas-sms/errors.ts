import type { ErrorClass } from '../../ports.js';

/**
 * `rspcod` of a submission → class (notify.md §3.1). The vendor has no word for a number it will not serve: that comes as a report. What is not
 * listed was not taken, and the same again would be refused again.
 */
const classOf: Readonly<Record<string, ErrorClass>> = {
  IllegalMac: 'ACCOUNT',
  InvalidUsrOrPwd: 'ACCOUNT',
  IllegalSignId: 'TEMPLATE',
  NoSignId: 'TEMPLATE',
  InvalidMessage: 'CONTENT',
  TooManyMobiles: 'BUG',
};
export const classifyAnswer = (rspcod: string): ErrorClass => classOf[rspcod] ?? 'BUG';

const arrived = new Set(['CM:0000', 'DELIVRD', 'DELIVERED', '0']);
/** Numbers that do not exist or are out of service for good (notify.md §1.5): no other message need try them. */
const dead = /^(?:CM|MK):?(?:0001|0005|0013)$/;

/** What a report says, in either of its two fields. */
export function outcomeOf({ errorCode, reportStatus }: { errorCode: string; reportStatus: string }): {
  status: 'delivered' | 'failed';
  code: string;
  errorClass?: ErrorClass;
} {
  const codes = [errorCode, reportStatus].map((code) => code.trim().toUpperCase());
  const code = codes.find((one) => one !== '') ?? 'no-code';
  if (codes.some((one) => arrived.has(one))) return { status: 'delivered', code };
  return { status: 'failed', code, ...(codes.some((one) => dead.test(one)) ? { errorClass: 'RECIPIENT_PERM' as const } : {}) };
}
