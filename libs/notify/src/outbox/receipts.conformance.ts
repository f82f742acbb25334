import { describe, expect, it } from 'vitest';
import { type DeliveryIntent } from '#libs/contracts';
import { delivered, LAPSE_MS, sleep, type OutboxBench } from './bench.conformance.js';

/** What providers tell afterwards, in whatever order it comes. */
export function receipts(bench: OutboxBench): void {
  describe('receipts', () => {
    const accepted = async (over: Partial<DeliveryIntent> = {}): Promise<DeliveryIntent> => {
      const made = await bench.one(over);
      await bench.claimed(made, 'w1');
      await bench.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: `biz-${made.id}`, delayMs: 0 });
      return made;
    };

    it('end a delivery, found by our id or by the provider’s', async () => {
      const a = await accepted();
      expect(await bench.outbox.receive(delivered(a.outId))).toEqual({
        deliveryId: a.id,
        warningId: a.warningId,
        exercise: a.exercise,
      });
      const b = await accepted();
      await bench.outbox.receive(delivered('', { outId: undefined, providerId: `biz-${b.id}`, status: 'failed', code: 'MK:0001' }));
      expect([await bench.statusOf(a), await bench.statusOf(b)]).toEqual([['delivered'], ['manual_task']]);
    });

    it('never lower a status, in whatever order they come', async () => {
      const made = await accepted();
      await bench.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
      await bench.outbox.receive(delivered(made.outId));
      await bench.outbox.receive(delivered(made.outId));
      await bench.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
      expect(await bench.statusOf(made)).toEqual(['delivered']);
    });

    it('that overtake the answer of their send are not undone by it', async () => {
      const made = await bench.one();
      await bench.claimed(made, 'w1');
      await bench.outbox.receive(delivered(made.outId));
      expect(await bench.outbox.settle(made.id, 'w1', { status: 'pending', delayMs: 0 })).toBe(false);
      expect(await bench.statusOf(made)).toEqual(['delivered']);
    });

    it('nobody knows yet are kept until their send is settled', async () => {
      const made = await bench.one();
      await bench.claimed(made, 'w1');
      const early = delivered('', { outId: undefined, providerId: `early-${made.id}` });
      expect(await bench.outbox.receive(early)).toBeUndefined();
      await bench.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: `early-${made.id}` });
      expect((await bench.outbox.reap()).warnings).toContain(made.warningId);
      expect(await bench.statusOf(made)).toEqual(['delivered']);
    });

    it('still make an expired delivery a delivered one', async () => {
      const made = await bench.one({ deadline: Date.now() - 1, channel: 'robot' });
      expect(await bench.outbox.reap()).toMatchObject({ expired: 1, warnings: [made.warningId] });
      expect(await bench.statusOf(made)).toEqual(['expired']);
      await bench.outbox.receive(delivered(made.outId));
      expect(await bench.statusOf(made)).toEqual(['delivered']);
    });

    it('that do not come are asked for, one turn at a time', async () => {
      const made = await accepted();
      const again = (red: number) => bench.outbox.awaitingReceipt(10, { red, other: 300_000 });
      expect(await again(LAPSE_MS)).toMatchObject([
        { id: made.id, provider: 'alicloud', providerId: `biz-${made.id}`, outId: made.outId, address: made.address },
      ]);
      await sleep(LAPSE_MS + 50);
      expect(await again(300_000)).toHaveLength(1);
      expect(await again(LAPSE_MS)).toEqual([]);
      await bench.outbox.receive(delivered(made.outId));
    });
  });
}
