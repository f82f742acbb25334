import { z } from 'zod';
import type { Receipt } from '../../ports.js';

/** One entry of the vendor's `SmsReport` push (notify.md §1.8). Times are UTC+8 without offset. */
const Report = z.object({
  report_time: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  success: z.boolean(),
  err_code: z.string(),
  biz_id: z.string().optional(),
  out_id: z.string().optional(),
});

/**
 * Receipts in a push of the vendor. The push is unsigned and may repeat itself; both are dealt with elsewhere (path token, monotonic `receive`).
 * @throws z.ZodError when the body is not a push of this vendor; it is then answered without success, so that it comes again
 */
export function parseAlicloudReceipts(body: unknown): Receipt[] {
  return z
    .array(Report)
    .parse(body)
    .map((report) => ({
      outId: report.out_id,
      providerId: report.biz_id,
      provider: 'alicloud',
      status: report.success ? 'delivered' : 'failed',
      code: report.err_code,
      at: Date.parse(`${report.report_time.replace(' ', 'T')}+08:00`),
    }));
}

/** What the vendor wants to read; anything else makes it push again after 1, 5 and 10 minutes and then drop the receipt. */
export const alicloudReceiptAnswer = { status: 200, body: { code: 0, msg: '接收成功' } } as const;
