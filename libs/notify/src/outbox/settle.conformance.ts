import { describe, expect, it } from 'vitest';
import { LAPSE_MS, LEASE_MS, SHORT_LEASE_MS, sleep, type OutboxBench } from './bench.conformance.js';

/** How a lease ends: by its holder, by nobody, by time, by the death of its process. */
export function settlements(bench: OutboxBench): void {
  describe('settle', () => {
    it('is refused to anyone but the holder of the lease', async () => {
      const made = await bench.one();
      await bench.claimed(made, 'w1');
      expect(await bench.outbox.settle(made.id, 'w2', { status: 'accepted', provider: 'alicloud', providerId: 'b' })).toBe(false);
      expect(await bench.statusOf(made)).toEqual(['sending']);
      expect(await bench.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'alicloud', providerId: 'b' })).toBe(true);
      expect(await bench.statusOf(made)).toEqual(['accepted']);
      expect(await bench.outbox.settle(made.id, 'w1', { status: 'failed_perm' })).toBe(false);
      expect(await bench.statusOf(made)).toEqual(['accepted']);
    });

    it('fences a worker whose lease ran out and went to another', async () => {
      const made = await bench.one();
      await bench.claimed(made, 'slow', SHORT_LEASE_MS);
      await sleep(LAPSE_MS);
      await bench.outbox.reap();
      expect((await bench.outbox.claimUnknown('quick', 10, LEASE_MS)).map(({ id }) => id)).toContain(made.id);
      expect(await bench.outbox.settle(made.id, 'slow', { status: 'pending', delayMs: 0 })).toBe(false);
      expect(await bench.statusOf(made)).toEqual(['recon']);
    });

    it('keeps a retry back for the time given', async () => {
      const [soon, later] = [bench.intent(), bench.intent()];
      await bench.add([soon, later]);
      await bench.outbox.claim('w1', 10, LEASE_MS);
      const error = { class: 'TRANSIENT', code: '503', message: '' } as const;
      await bench.outbox.settle(soon.id, 'w1', { status: 'pending', delayMs: LAPSE_MS, error });
      await bench.outbox.settle(later.id, 'w1', { status: 'pending', delayMs: 300_000, error });
      await sleep(LAPSE_MS + 50);
      expect(await bench.outbox.claim('w1', 10, LEASE_MS)).toMatchObject([{ id: soon.id, attempts: 2 }]);
    });
  });

  describe('unknown outcomes', () => {
    it('are asked about before anything is sent again', async () => {
      const made = await bench.one();
      await bench.claimed(made, 'w1');
      await bench.outbox.settle(made.id, 'w1', { status: 'unknown', provider: 'alicloud', delayMs: 0 });
      expect(await bench.outbox.claim('w2', 10, LEASE_MS)).toEqual([]);
      const asked = (await bench.outbox.claimUnknown('w2', 10, LEASE_MS)).find(({ id }) => id === made.id);
      expect(asked).toMatchObject({ status: 'recon', attempts: 1, provider: 'alicloud' });
      expect(await bench.outbox.settle(made.id, 'w2', { status: 'pending', delayMs: 0 })).toBe(true);
      // Handed over anew: whoever dies now has left no note of a provider.
      expect(await bench.outbox.claim('w3', 10, LEASE_MS)).toMatchObject([{ id: made.id, attempts: 2, provider: null }]);
    });

    it('are what a lease that ran out leaves behind, also while asking', async () => {
      const made = await bench.one();
      await bench.claimed(made, 'w1', SHORT_LEASE_MS);
      await sleep(LAPSE_MS);
      expect(await bench.outbox.reap()).toMatchObject({ unknown: 1, expired: 0, warnings: [made.warningId] });
      await bench.outbox.claimUnknown('w2', 10, SHORT_LEASE_MS);
      await sleep(LAPSE_MS);
      expect(await bench.outbox.reap()).toMatchObject({ unknown: 1 });
      expect(await bench.statusOf(made)).toEqual(['unknown']);
      // Out of the way of the other tests.
      await bench.outbox.claimUnknown('w3', 10, LEASE_MS);
      await bench.outbox.settle(made.id, 'w3', { status: 'expired' });
    });
  });

  describe('leases of a process that is gone', () => {
    it('end at once, so that nobody waits for them to run out; those of the living stay', async () => {
      const dead = await bench.one();
      await bench.claimed(dead, 'station-1-a');
      const living = await bench.one();
      await bench.claimed(living, 'station-2-a');
      expect(await bench.outbox.abandon('station-1-')).toBe(1);
      expect(await bench.outbox.reap()).toMatchObject({ unknown: 1, warnings: [dead.warningId] });
      expect([await bench.statusOf(dead), await bench.statusOf(living)]).toEqual([['unknown'], ['sending']]);
      expect(await bench.outbox.settle(dead.id, 'station-1-a', { status: 'accepted' })).toBe(false);
      expect(await bench.outbox.settle(living.id, 'station-2-a', { status: 'accepted', provider: 'alicloud', providerId: 'x' })).toBe(true);
      // Out of the way of the other tests.
      await bench.outbox.claimUnknown('w3', 10, LEASE_MS);
      await bench.outbox.settle(dead.id, 'w3', { status: 'expired' });
    });
  });
}
