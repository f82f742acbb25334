import type { Logger } from '#libs/platform';
import { alicloudReceiptAnswer, parseAlicloudReceipts, type Outbox } from '#libs/notify';

export interface PushAnswer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Takes a push of receipts by Alibaba Cloud. The push is unsigned: the HTTP edge mounts this under a path with a random token. It may repeat
 * itself or come out of order, which `receive` makes harmless; an answer without success makes the vendor push again.
 */
export async function receiptPush(
  outbox: Outbox,
  changed: (warningId: string) => void,
  logger: Logger,
  body: unknown,
): Promise<PushAnswer> {
  let receipts;
  try {
    receipts = parseAlicloudReceipts(body);
  } catch {
    logger.warn('a push that is no receipt of the vendor was refused');
    return { status: 400, body: { code: 1, msg: 'not a list of receipts' } };
  }
  for (const receipt of receipts) {
    const known = await outbox.receive(receipt);
    if (known) changed(known.warningId);
  }
  return alicloudReceiptAnswer;
}
