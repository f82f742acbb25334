import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alternativeAfter, type DeliveryIntent, type DeliveryStatus } from '#libs/contracts';
import { anIntent } from './fakes/intents.js';
import type { Outbox, Receipt } from './ports.js';

/** What the table needs of an outbox under test. Leases and delays run on its own clock, which is the real one. */
export interface OutboxUnderTest {
  outbox: Outbox;
  /** As the ledger writes intents. */
  add(intents: readonly DeliveryIntent[]): Promise<void>;
  /** As the ledger supersedes: versions of the warning's public scope before this one. */
  supersede(warningId: string, beforeVersion: number): Promise<void>;
  close(): Promise<void>;
}

/** Long enough to settle in; a test that waits for it to run out waits `LAPSE_MS`. */
const LEASE_MS = 60_000;
const SHORT_LEASE_MS = 40;
const LAPSE_MS = 90;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

let count = 0;
/** An intent of its own warning, due now, red. */
function intent(over: Partial<DeliveryIntent> = {}): DeliveryIntent {
  count += 1;
  const name = `${process.pid.toString(36)}${count.toString(36)}`;
  const now = Date.now();
  return anIntent(`delivery-${name}`, now - 1_000, {
    outId: `d${name}`,
    warningId: `warning-${name}`,
    recipient: `household:${name}:householder`,
    address: '13900000001',
    template: { code: 'SMS_1', params: { place: '石碑村' }, text: '【望山县】石碑村红色预警', parts: 1 },
    deadline: now + 600_000,
    ...over,
  });
}

const delivered = (outId: string, over: Partial<Receipt> = {}): Receipt => ({
  outId,
  provider: 'alicloud',
  status: 'delivered',
  code: 'DELIVERED',
  at: Date.now(),
  ...over,
});

/**
 * What every outbox does (notify.md §5.2). Run once for each adapter.
 * @param name       of the adapter
 * @param makeOutbox an empty one
 */
export function outboxConformance(name: string, makeOutbox: () => Promise<OutboxUnderTest>): void {
  describe(`outbox: ${name}`, () => {
    let test: OutboxUnderTest;
    beforeAll(async () => {
      test = await makeOutbox();
    });
    afterAll(() => test.close());
    // What earlier tests left open is ended first, so that each meets only its own.
    beforeEach(async () => {
      await test.outbox.reap();
      for (const { id } of await test.outbox.claim('sweep', 1_000, LEASE_MS))
        await test.outbox.settle(id, 'sweep', { status: 'suppressed' });
      for (const { outId } of await test.outbox.awaitingReceipt(1_000, { red: 0, other: 0 })) await test.outbox.receive(delivered(outId));
    });

    const one = async (over: Partial<DeliveryIntent> = {}): Promise<DeliveryIntent> => {
      const made = intent(over);
      await test.add([made]);
      return made;
    };
    const statusOf = async ({ warningId }: DeliveryIntent): Promise<DeliveryStatus[]> => {
      const { byStatus } = await test.outbox.summary(warningId);
      return Object.keys(byStatus) as DeliveryStatus[];
    };
    /** Claims everything due and gives back this one; the others are settled, so that tests don't meet. */
    const claimed = async (wanted: DeliveryIntent, owner: string, leaseMs = LEASE_MS) => {
      const all = await test.outbox.claim(owner, 1_000, leaseMs);
      for (const other of all) if (other.id !== wanted.id) await test.outbox.settle(other.id, owner, { status: 'suppressed' });
      return all.find(({ id }) => id === wanted.id);
    };

    describe('claim', () => {
      it('gives what was written, leased, with the attempt counted', async () => {
        const made = await one();
        const got = await claimed(made, 'w1');
        expect(got).toMatchObject({ ...made, status: 'sending', attempts: 1, providerId: null });
        expect(Math.abs((got?.firstSentAt ?? 0) - Date.now())).toBeLessThan(5_000);
        expect(await test.outbox.claim('w2', 10, LEASE_MS)).toEqual([]);
      });

      it('knows an intent written twice as one', async () => {
        const made = await one();
        await test.add([made]);
        expect((await test.outbox.summary(made.warningId)).total).toBe(1);
      });

      it('takes red before orange, then the longer due, then by id', async () => {
        const now = Date.now();
        const orange = intent({ priority: 1, level: 'orange', notBefore: now - 9_000 });
        const young = intent({ notBefore: now - 1_000 });
        const old = intent({ notBefore: now - 5_000 });
        const twin = intent({ notBefore: now - 5_000, id: `${old.id}b` });
        await test.add([orange, young, twin, old]);
        const order = (await test.outbox.claim('w1', 4, LEASE_MS)).map(({ id }) => id);
        expect(order).toEqual([old.id, twin.id, young.id, orange.id]);
      });

      it('leaves what is not due, past its deadline or of a lower priority than asked for', async () => {
        const now = Date.now();
        const later = intent({ notBefore: now + 60_000 });
        const past = intent({ deadline: now - 1 });
        const orange = intent({ priority: 1, level: 'orange' });
        await test.add([later, past, orange]);
        expect(await test.outbox.claim('w1', 10, LEASE_MS, 0)).toEqual([]);
        expect((await test.outbox.claim('w1', 10, LEASE_MS, 1)).map(({ id }) => id)).toEqual([orange.id]);
      });

      it('gives what was never put off, though the clock was put back since', async () => {
        const ahead = Date.now() + 300_000;
        const made = await one({ createdAt: ahead, notBefore: ahead, deadline: ahead + 600_000 });
        expect((await claimed(made, 'w1'))?.id).toBe(made.id);
      });

      it('never gives one delivery to two workers at once', async () => {
        const all = Array.from({ length: 120 }, () => intent());
        await test.add(all);
        const workers = Array.from({ length: 6 }, async (_, n) => {
          const mine: string[] = [];
          for (;;) {
            const batch = await test.outbox.claim(`w${n}`, 7, LEASE_MS);
            if (batch.length === 0) return mine;
            mine.push(...batch.map(({ id }) => id));
          }
        });
        const taken = (await Promise.all(workers)).flat();
        expect([...taken].sort()).toEqual(all.map(({ id }) => id).sort());
      });
    });

    describe('settle', () => {
      it('is refused to anyone but the holder of the lease', async () => {
        const made = await one();
        await claimed(made, 'w1');
        expect(await test.outbox.settle(made.id, 'w2', { status: 'accepted', provider: 'alicloud', providerId: 'b' })).toBe(false);
        expect(await statusOf(made)).toEqual(['sending']);
        expect(await test.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: 'b' })).toBe(true);
        expect(await statusOf(made)).toEqual(['accepted']);
        expect(await test.outbox.settle(made.id, 'w1', { status: 'failed_perm' })).toBe(false);
        expect(await statusOf(made)).toEqual(['accepted']);
      });

      it('fences a worker whose lease ran out and went to another', async () => {
        const made = await one();
        await claimed(made, 'slow', SHORT_LEASE_MS);
        await sleep(LAPSE_MS);
        await test.outbox.reap();
        expect((await test.outbox.claimUnknown('quick', 10, LEASE_MS)).map(({ id }) => id)).toContain(made.id);
        expect(await test.outbox.settle(made.id, 'slow', { status: 'pending', delayMs: 0 })).toBe(false);
        expect(await statusOf(made)).toEqual(['recon']);
      });

      it('keeps a retry back for the time given', async () => {
        const made = await one();
        await claimed(made, 'w1');
        await test.outbox.settle(made.id, 'w1', {
          status: 'pending',
          delayMs: LAPSE_MS,
          error: { class: 'TRANSIENT', code: '503', message: '' },
        });
        expect(await test.outbox.claim('w1', 10, LEASE_MS)).toEqual([]);
        await sleep(LAPSE_MS + 50);
        expect(await test.outbox.claim('w1', 10, LEASE_MS)).toMatchObject([{ id: made.id, attempts: 2 }]);
      });
    });

    describe('unknown outcomes', () => {
      it('are asked about before anything is sent again', async () => {
        const made = await one();
        await claimed(made, 'w1');
        await test.outbox.settle(made.id, 'w1', { status: 'unknown', provider: 'alicloud', delayMs: 0 });
        expect(await test.outbox.claim('w2', 10, LEASE_MS)).toEqual([]);
        const asked = (await test.outbox.claimUnknown('w2', 10, LEASE_MS)).find(({ id }) => id === made.id);
        expect(asked).toMatchObject({ status: 'recon', attempts: 1, provider: 'alicloud' });
        expect(await test.outbox.settle(made.id, 'w2', { status: 'pending', delayMs: 0 })).toBe(true);
        expect(await test.outbox.claim('w3', 10, LEASE_MS)).toMatchObject([{ id: made.id, attempts: 2 }]);
      });

      it('are what a lease that ran out leaves behind, also while asking', async () => {
        const made = await one();
        await claimed(made, 'w1', SHORT_LEASE_MS);
        await sleep(LAPSE_MS);
        expect(await test.outbox.reap()).toMatchObject({ unknown: 1, expired: 0, warnings: [made.warningId] });
        await test.outbox.claimUnknown('w2', 10, SHORT_LEASE_MS);
        await sleep(LAPSE_MS);
        expect(await test.outbox.reap()).toMatchObject({ unknown: 1 });
        expect(await statusOf(made)).toEqual(['unknown']);
        // Out of the way of the other tests.
        await test.outbox.claimUnknown('w3', 10, LEASE_MS);
        await test.outbox.settle(made.id, 'w3', { status: 'expired' });
      });
    });

    describe('leases of a process that is gone', () => {
      it('end at once, so that nobody waits for them to run out; those of the living stay', async () => {
        const dead = await one();
        await claimed(dead, 'station-1-a');
        const living = await one();
        await claimed(living, 'station-2-a');
        expect(await test.outbox.abandon('station-1-')).toBe(1);
        expect(await test.outbox.reap()).toMatchObject({ unknown: 1, warnings: [dead.warningId] });
        expect([await statusOf(dead), await statusOf(living)]).toEqual([['unknown'], ['sending']]);
        expect(await test.outbox.settle(dead.id, 'station-1-a', { status: 'accepted' })).toBe(false);
        expect(await test.outbox.settle(living.id, 'station-2-a', { status: 'accepted', provider: 'alicloud', providerId: 'x' })).toBe(
          true,
        );
        // Out of the way of the other tests.
        await test.outbox.claimUnknown('w3', 10, LEASE_MS);
        await test.outbox.settle(dead.id, 'w3', { status: 'expired' });
      });
    });

    describe('receipts', () => {
      const accepted = async (over: Partial<DeliveryIntent> = {}): Promise<DeliveryIntent> => {
        const made = await one(over);
        await claimed(made, 'w1');
        await test.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: `biz-${made.id}`, delayMs: 0 });
        return made;
      };

      it('end a delivery, found by our id or by the provider’s', async () => {
        const a = await accepted();
        expect(await test.outbox.receive(delivered(a.outId))).toEqual({ deliveryId: a.id, warningId: a.warningId });
        const b = await accepted();
        await test.outbox.receive(delivered('', { outId: undefined, providerId: `biz-${b.id}`, status: 'failed', code: 'MK:0001' }));
        expect([await statusOf(a), await statusOf(b)]).toEqual([['delivered'], ['manual_task']]);
      });

      it('never lower a status, in whatever order they come', async () => {
        const made = await accepted();
        await test.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
        await test.outbox.receive(delivered(made.outId));
        await test.outbox.receive(delivered(made.outId));
        await test.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
        expect(await statusOf(made)).toEqual(['delivered']);
      });

      it('that overtake the answer of their send are not undone by it', async () => {
        const made = await one();
        await claimed(made, 'w1');
        await test.outbox.receive(delivered(made.outId));
        expect(await test.outbox.settle(made.id, 'w1', { status: 'pending', delayMs: 0 })).toBe(false);
        expect(await statusOf(made)).toEqual(['delivered']);
      });

      it('nobody knows yet are kept until their send is settled', async () => {
        const made = await one();
        await claimed(made, 'w1');
        const early = delivered('', { outId: undefined, providerId: `early-${made.id}` });
        expect(await test.outbox.receive(early)).toBeUndefined();
        await test.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: `early-${made.id}` });
        expect((await test.outbox.reap()).warnings).toContain(made.warningId);
        expect(await statusOf(made)).toEqual(['delivered']);
      });

      it('still make an expired delivery a delivered one', async () => {
        const made = await one({ deadline: Date.now() - 1, channel: 'robot' });
        expect(await test.outbox.reap()).toMatchObject({ expired: 1, warnings: [made.warningId] });
        expect(await statusOf(made)).toEqual(['expired']);
        await test.outbox.receive(delivered(made.outId));
        expect(await statusOf(made)).toEqual(['delivered']);
      });

      it('that do not come are asked for, one turn at a time', async () => {
        const made = await accepted();
        const again = { red: LAPSE_MS, other: 60_000 };
        expect(await test.outbox.awaitingReceipt(10, again)).toMatchObject([
          { id: made.id, provider: 'alicloud', providerId: `biz-${made.id}`, outId: made.outId, address: made.address },
        ]);
        expect(await test.outbox.awaitingReceipt(10, again)).toEqual([]);
        await sleep(LAPSE_MS + 50);
        expect(await test.outbox.awaitingReceipt(10, again)).toHaveLength(1);
        await test.outbox.receive(delivered(made.outId));
      });
    });

    describe('other ways', () => {
      const withVoice = (over: Partial<DeliveryIntent> = {}): DeliveryIntent => {
        const made = intent(over);
        const { template, address, recipient } = made;
        const voice = { id: `${made.id}v`, outId: `${made.outId}v`, recipient, channel: 'voice' as const, step: 1, address, template };
        return { ...made, alternatives: [voice] };
      };
      const failed = { status: 'failed_perm', provider: 'alicloud', error: { class: 'RECIPIENT_LIMIT', code: 'x', message: '' } } as const;

      it('come into being with the settlement that gave up the first', async () => {
        const made = withVoice();
        await test.add([made]);
        const got = await claimed(made, 'w1');
        expect(got?.alternatives).toEqual(made.alternatives);
        const instead = alternativeAfter(got!, 'RECIPIENT_LIMIT', Date.now());
        await test.outbox.settle(made.id, 'w2', { ...failed, instead });
        expect(await test.outbox.claim('w1', 10, LEASE_MS, 9, 'voice')).toEqual([]);
        await test.outbox.settle(made.id, 'w1', { ...failed, instead });
        expect(await test.outbox.claim('w1', 10, LEASE_MS, 9, 'sms')).toEqual([]);
        expect(await test.outbox.claim('w1', 10, LEASE_MS, 9, 'voice')).toMatchObject([{ id: `${made.id}v`, insteadOf: made.id, step: 1 }]);
      });

      it('come into being with a receipt of failure, and are withdrawn by a late success', async () => {
        const made = withVoice();
        await test.add([made]);
        await claimed(made, 'w1');
        await test.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: 'p' });
        await test.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
        expect((await test.outbox.summary(made.warningId)).byStatus).toEqual({ failed_perm: 1, pending: 1 });
        await test.outbox.receive(delivered(made.outId));
        expect((await test.outbox.summary(made.warningId)).byStatus).toEqual({ delivered: 1, cancelled: 1 });
      });

      it('are not taken for a message that has a successor', async () => {
        const warningId = `warning-stale-${(count += 1)}`;
        const made = withVoice({ warningId });
        await test.add([made]);
        await claimed(made, 'w1');
        await test.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: 'p' });
        await test.supersede(warningId, 2);
        await test.add([intent({ warningId, version: 2, notBefore: Date.now() + 60_000 })]);
        await test.outbox.receive(delivered(made.outId, { status: 'failed', code: 'UNDELIV' }));
        expect((await test.outbox.summary(warningId)).byStatus).toEqual({ failed_perm: 1, pending: 1 });
      });

      it('used up, or the deadline passed: a person has to go, and a late success still counts', async () => {
        const used = await one();
        const late = await one({ deadline: Date.now() - 1 });
        await claimed(used, 'w1');
        await test.outbox.settle(used.id, 'w1', { status: 'manual_task', error: failed.error });
        expect(await test.outbox.reap()).toMatchObject({ expired: 1, warnings: [late.warningId] });
        expect([await statusOf(used), await statusOf(late)]).toEqual([['manual_task'], ['manual_task']]);
        await test.outbox.receive(delivered(late.outId));
        expect(await statusOf(late)).toEqual(['delivered']);
      });
    });

    describe('what an address has had', () => {
      it('is told with the claim, without what never left', async () => {
        const said = { site: '5132', content: 'c', address: `1390${String(Date.now()).slice(-7)}` };
        const warningId = `warning-again-${(count += 1)}`;
        const [first, never] = [intent({ ...said, warningId }), intent({ ...said, warningId })];
        await test.add([first, never]);
        for (const { id } of await test.outbox.claim('w1', 10, LEASE_MS))
          await test.outbox.settle(id, 'w1', id === first.id ? { status: 'accepted', provider: 'a' } : { status: 'suppressed' });
        const again = await one({ ...said, recipient: first.recipient });
        const other = await one({ ...said, recipient: first.recipient, level: 'orange', channel: 'robot' });
        const history = new Map((await test.outbox.claim('w1', 10, LEASE_MS)).map((got) => [got.id, got.history]));
        expect(history.get(again.id)).toMatchObject({ lastHour: 1, sameTemplate: 1 });
        expect(Math.abs((history.get(again.id)?.saidAt ?? 0) - Date.now())).toBeLessThan(5_000);
        expect(history.get(other.id)).toEqual({ lastHour: 1, sameTemplate: 0, saidAt: null });
        for (const { id } of [again, other]) await test.outbox.settle(id, 'w1', { status: 'accepted', provider: 'a' });
      });

      it('the same is news again when something else was said in between', async () => {
        const said = { site: '5132', recipient: `household:${(count += 1)}`, address: `1370${String(Date.now()).slice(-7)}` };
        const says = async (content: string) => {
          const made = await one({ ...said, content });
          const got = (await test.outbox.claim('w1', 10, LEASE_MS)).find(({ id }) => id === made.id);
          await test.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'a' });
          await sleep(2);
          return got?.history?.saidAt ?? null;
        };
        expect([await says('red'), (await says('red')) !== null, await says('clear'), await says('red')]).toEqual([null, true, null, null]);
      });

      it('a claim that led to nothing does not count as an attempt', async () => {
        const made = await one();
        await claimed(made, 'w1');
        await test.outbox.settle(made.id, 'w1', { status: 'pending', delayMs: 0, unsent: true });
        expect(await test.outbox.claim('w1', 10, LEASE_MS)).toMatchObject([{ id: made.id, attempts: 1 }]);
      });

      it('a number is called no oftener than its windows allow, whoever asks', async () => {
        const address = `1380${String(Date.now()).slice(-7)}`;
        const windows = [{ ms: 60_000, most: 2 }];
        const ask = (id: string) => test.outbox.takeTurns([{ id, address }], windows);
        const waits = (await Promise.all(['a', 'b', 'c', 'd'].map(ask))).flat();
        expect(waits.filter((wait) => wait === 0)).toHaveLength(2);
        for (const wait of waits) expect(wait).toBeLessThanOrEqual(60_000);
        expect(await test.outbox.takeTurns([{ id: 'e', address: `${address.slice(0, -1)}x` }], windows)).toEqual([0]);
      });
    });

    describe('superseding', () => {
      it('cancels what waits, and lets nothing under way be sent again', async () => {
        const warningId = `warning-superseded-${(count += 1)}`;
        const sending = intent({ warningId });
        const waiting = intent({ warningId, notBefore: Date.now() + 60_000 });
        const next = intent({ warningId, version: 2, notBefore: Date.now() + 60_000 });
        await test.add([sending, waiting]);
        await claimed(sending, 'w1');
        await test.supersede(warningId, 2);
        await test.add([next]);
        expect((await test.outbox.summary(warningId)).byStatus).toEqual({ sending: 1, cancelled: 1, pending: 1 });
        await test.outbox.settle(sending.id, 'w1', { status: 'pending', delayMs: 0 });
        expect((await test.outbox.summary(warningId)).byStatus).toEqual({ cancelled: 2, pending: 1 });
      });
    });

    it('counts answers of people and keeps the stronger one', async () => {
      const made = await one();
      await test.outbox.acknowledge(made.id, 'help', Date.now());
      await test.outbox.acknowledge(made.id, 'ack', Date.now());
      expect(await test.outbox.summary(made.warningId)).toMatchObject({ total: 1, acknowledged: 1 });
    });
  });
}
