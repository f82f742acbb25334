import type { DeliveryIntent } from '../delivery/delivery.js';

/**
 * When a message was last said in the same words to the same recipient about the same site by the same channel, epoch ms; null when never, or
 * when something else was said since: after an all-clear the same warning is news.
 * @param earlier what went out, with when
 */
export function saidAt(one: DeliveryIntent, earlier: readonly { intent: DeliveryIntent; at: number }[]): number | null {
  if (one.site === undefined || one.content === undefined) return null;
  const about = earlier.filter(
    ({ intent }) => intent.site === one.site && intent.channel === one.channel && intent.recipient === one.recipient,
  );
  const last = about.reduce<(typeof about)[number] | undefined>((a, b) => (a && a.at >= b.at ? a : b), undefined);
  return last && last.intent.content === one.content && last.intent.level === one.level ? last.at : null;
}
