import type { Channel } from '#libs/notify';

/** A provider inside the process: takes everything after a while, and costs nothing. */
export function instantChannel(latencyMs: number): Channel {
  let taken = 0;
  return {
    channel: 'sms',
    name: 'instant',
    capabilities: { maxBatch: 1, receipts: false, replies: false, maxParts: 10, perSecond: Infinity },
    async send() {
      taken += 1;
      const providerId = `${process.pid}-${taken}`;
      if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
      return { ok: true, providerId };
    },
  };
}
