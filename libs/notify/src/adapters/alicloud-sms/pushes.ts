import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { InboundAnswer, InboundRequest, ProviderNews, Receipt, Reply } from '../../ports.js';
import { entriesOf, received, vendorTime } from '../alicloud/push.js';

const Text = z.union([z.string(), z.number()]).transform(String);
/** The vendor writes booleans as such; proxies and older accounts as words. */
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);

/** One entry of a `SmsReport` push (notify.md §1.8). */
const SmsReport = z.object({
  success: Flag,
  err_code: Text,
  report_time: z.string().optional(),
  biz_id: Text.optional(),
  out_id: Text.optional(),
});
/** One entry of a `SmsUp` push: what somebody wrote back. It names neither the message nor our id, only the phone. */
const SmsUp = z.object({
  phone_number: Text,
  content: z.string(),
  send_time: z.string().optional(),
  sequence_id: Text.optional(),
});

/** Carriers' words for a number nobody has (notify.md §1.5): other messages to it are in vain, and its card needs another. */
const deadNumber = /^(?:MK:0001|MK:0005|MK:0013)$|空号/;

/**
 * Reads a push of receipts or replies. It is unsigned, may repeat itself and come out of order: the path token, `receive` and the reply's id deal with that.
 * An entry that is neither is left out, because a push that is refused comes again as a whole and is then dropped with all that was good in it.
 * @param now time of what bears none
 * @returns undefined when nothing in it is of this vendor
 */
export function readSmsPush(
  request: InboundRequest,
  provider: string,
  now: number,
): { news: ProviderNews; answer: InboundAnswer } | undefined {
  const entries = entriesOf(request);
  if (!entries) return undefined;
  const receipts: Receipt[] = [];
  const replies: Reply[] = [];
  for (const entry of entries) {
    const report = SmsReport.safeParse(entry);
    if (report.success) receipts.push(receiptOf(report.data, provider, now));
    const up = report.success ? undefined : SmsUp.safeParse(entry).data;
    if (up) replies.push(replyOf(up, provider, now));
  }
  if (entries.length > 0 && receipts.length + replies.length === 0) return undefined;
  return { news: { receipts, replies }, answer: received };
}

function receiptOf(report: z.infer<typeof SmsReport>, provider: string, now: number): Receipt {
  return {
    outId: report.out_id,
    providerId: report.biz_id,
    provider,
    status: report.success ? 'delivered' : 'failed',
    code: report.err_code,
    ...(!report.success && deadNumber.test(report.err_code) ? { errorClass: 'RECIPIENT_PERM' as const } : {}),
    at: vendorTime(report.report_time) ?? now,
  };
}

function replyOf(up: z.infer<typeof SmsUp>, provider: string, now: number): Reply {
  const { phone_number: from, content, send_time: sentAt, sequence_id: given } = up;
  // Without a number of the vendor's own, the same words of the same phone at the same second are the same reply.
  const made = () =>
    createHash('sha256')
      .update(JSON.stringify([from, sentAt, content]))
      .digest('hex')
      .slice(0, 24);
  return { provider, sequenceId: given ?? made(), channel: 'sms', from, content, at: vendorTime(sentAt) ?? now };
}
