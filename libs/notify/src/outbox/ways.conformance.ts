import { describe, expect, it } from 'vitest';
import { alternativeAfter, type DeliveryIntent } from '#libs/contracts';
import { delivered, LEASE_MS, type OutboxBench } from './bench.conformance.js';

/** What takes the place of a message, or calls it off: another way, a successor, an answer. */
export function otherWays(bench: OutboxBench): void {
  describe('other ways', () => {
    const withVoice = (over: Partial<DeliveryIntent> = {}): DeliveryIntent => {
      const made = bench.intent(over);
      const { template, address, recipient } = made;
      const voice = { id: `${made.id}v`, outId: `${made.outId}v`, recipient, channel: 'voice' as const, step: 1, address, template };
      return { ...made, alternatives: [voice] };
    };
    const failed = { status: 'failed_perm', provider: 'alicloud', error: { class: 'RECIPIENT_LIMIT', code: 'x', message: '' } } as const;

    it('come into being with the settlement that gave up the first', async () => {
      const made = withVoice();
      await bench.add([made]);
      const got = await bench.claimed(made, 'w1');
      expect(got?.alternatives).toEqual(made.alternatives);
      const instead = alternativeAfter(got!, 'RECIPIENT_LIMIT', Date.now());
      await bench.outbox.settle(made.id, 'w2', { ...failed, instead });
      expect(await bench.outbox.claim('w1', 10, LEASE_MS, 9, 'voice')).toEqual([]);
      await bench.outbox.settle(made.id, 'w1', { ...failed, instead });
      expect(await bench.outbox.claim('w1', 10, LEASE_MS, 9, 'sms')).toEqual([]);
      expect(await bench.outbox.claim('w1', 10, LEASE_MS, 9, 'voice')).toMatchObject([{ id: `${made.id}v`, insteadOf: made.id, step: 1 }]);
    });

    it('come into being with a receipt of failure, and are withdrawn by a late success', async () => {
      const made = withVoice();
      await bench.add([made]);
      await bench.claimed(made, 'w1');
      await bench.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: 'p' });
      await bench.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
      expect((await bench.outbox.summary(made.warningId)).byStatus).toEqual({ failed_perm: 1, pending: 1 });
      await bench.outbox.receive(delivered(made.outId));
      expect((await bench.outbox.summary(made.warningId)).byStatus).toEqual({ delivered: 1, cancelled: 1 });
    });

    it('are not taken for a message that has a successor', async () => {
      const warningId = `warning-stale-${bench.next()}`;
      const made = withVoice({ warningId });
      await bench.add([made]);
      await bench.claimed(made, 'w1');
      await bench.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: 'p' });
      await bench.supersede(warningId, 2);
      await bench.add([bench.intent({ warningId, version: 2, notBefore: Date.now() + 60_000 })]);
      await bench.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
      expect((await bench.outbox.summary(warningId)).byStatus).toEqual({ failed_perm: 1, pending: 1 });
    });

    it('used up, or the deadline passed: a person has to go, and a late success still counts', async () => {
      const used = await bench.one();
      const late = await bench.one({ deadline: Date.now() - 1 });
      await bench.claimed(used, 'w1');
      await bench.outbox.settle(used.id, 'w1', { status: 'manual_task', error: failed.error });
      expect(await bench.outbox.reap()).toMatchObject({ expired: 1, warnings: [late.warningId] });
      expect([await bench.statusOf(used), await bench.statusOf(late)]).toEqual([['manual_task'], ['manual_task']]);
      await bench.outbox.receive(delivered(late.outId));
      expect(await bench.statusOf(late)).toEqual(['delivered']);
    });
  });

  it.each([
    ['a message', {}, 'manual_task'],
    ['a call in the place of a message', { channel: 'voice', insteadOf: 'another' }, 'manual_task'],
    ['a call beside a message', { channel: 'voice' }, 'expired'],
    ['a word to whoever looks after the slope', { kind: 'inspect' }, 'expired'],
    ['a reminder of what waits for a person', { kind: 'reminder' }, 'expired'],
  ] as const)('%s that was never sent ends as it should', async (_, over, end) => {
    const late = await bench.one({ ...over, deadline: Date.now() - 1 });
    await bench.outbox.reap();
    expect(await bench.statusOf(late)).toEqual([end]);
  });

  describe('superseding', () => {
    it('cancels what waits, and lets nothing under way be sent again', async () => {
      const warningId = `warning-superseded-${bench.next()}`;
      const sending = bench.intent({ warningId });
      const waiting = bench.intent({ warningId, notBefore: Date.now() + 60_000 });
      const next = bench.intent({ warningId, version: 2, notBefore: Date.now() + 60_000 });
      await bench.add([sending, waiting]);
      await bench.claimed(sending, 'w1');
      await bench.supersede(warningId, 2);
      await bench.add([next]);
      expect((await bench.outbox.summary(warningId)).byStatus).toEqual({ sending: 1, cancelled: 1, pending: 1 });
      await bench.outbox.settle(sending.id, 'w1', { status: 'pending', delayMs: 0 });
      expect((await bench.outbox.summary(warningId)).byStatus).toEqual({ cancelled: 2, pending: 1 });
    });
  });

  it('counts answers of people and keeps the stronger one', async () => {
    const made = await bench.one();
    await bench.outbox.acknowledge(made.id, 'help', Date.now());
    await bench.outbox.acknowledge(made.id, 'ack', Date.now());
    expect(await bench.outbox.summary(made.warningId)).toMatchObject({ total: 1, acknowledged: 1 });
  });
}
