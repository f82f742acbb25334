import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Account of 云MAS (China Mobile) as its console shows it. */
export interface MasAccount {
  /** Scheme, host and port, without a path. */
  url: string;
  ecName: string;
  apId: string;
  secretKey: string;
  /** Code of the registered sign; the gateway puts the sign itself in front. */
  signCode: string;
  /** Digits after the access number; with it at most 20. Empty: none. */
  addSerial: string;
}

/** What is sent: free text, or the parameters of a template the vendor has approved. */
export type MasMessage = { content: string } | { templateId: string; params: readonly string[] };

/**
 * Path and body of a submission (notify.md §3.1): JSON in base64, `mac` = MD5 in hex over the values in the vendor's order. The secret is in the
 * digest and never on the wire.
 * @param mobile 11 digits
 */
export function submission(account: MasAccount, mobile: string, message: MasMessage): { path: string; body: string } {
  const { ecName, apId, secretKey, signCode: sign, addSerial } = account;
  const who = { ecName, apId, mobiles: mobile, sign, addSerial };
  if ('content' in message) {
    const { content } = message;
    const mac = digest(ecName, apId, secretKey, mobile, content, sign, addSerial);
    return { path: '/sms/norsubmit', body: packed({ ...who, content, mac }) };
  }
  const { templateId } = message;
  const params = JSON.stringify(message.params);
  const mac = digest(ecName, apId, secretKey, templateId, mobile, params, sign, addSerial);
  return { path: '/sms/tmpsubmit', body: packed({ ...who, templateId, params, mac }) };
}

const digest = (...values: readonly string[]): string => createHash('md5').update(values.join(''), 'utf8').digest('hex');
const packed = (fields: Record<string, string>): string => Buffer.from(JSON.stringify(fields), 'utf8').toString('base64');

/** Answer to a submission; HTTP 200 whatever it says. */
export const MasAnswer = z.object({ rspcod: z.string(), msgGroup: z.string().default(''), success: z.boolean() });

/** One report of a push. Success is said in `reportStatus` by some provinces and in `errorCode` by others. */
const Report = z.object({
  msgGroup: z.string().min(1),
  mobile: z.string(),
  errorCode: z.string().default(''),
  reportStatus: z.string().default(''),
  submitDate: z.string().default(''),
  receiveDate: z.string().default(''),
});
/** One reply of a push (上行). */
const Up = z.object({
  mobile: z.string().min(1),
  smsContent: z.string(),
  sendTime: z.string().default(''),
  addSerial: z.string().default(''),
});

export type MasReport = z.infer<typeof Report>;
export type MasUp = z.infer<typeof Up>;

const oneOrMany = <T extends z.ZodType>(schema: T) => z.union([z.array(schema).min(1), schema.transform((one) => [one])]);
const Push = z.union([
  oneOrMany(Report).transform((reports) => ({ reports, ups: [] as MasUp[] })),
  oneOrMany(Up).transform((ups) => ({ reports: [] as MasReport[], ups })),
]);

/** Reads a push of reports or of replies: one object or many, as it is or in base64 like our own bodies. Undefined: neither. */
export function readPush(text: string): { reports: MasReport[]; ups: MasUp[] } | undefined {
  for (const form of [text, Buffer.from(text, 'base64').toString('utf8')]) {
    let json: unknown;
    try {
      json = JSON.parse(form);
    } catch {
      continue;
    }
    const push = Push.safeParse(json);
    if (push.success) return push.data;
  }
  return undefined;
}
