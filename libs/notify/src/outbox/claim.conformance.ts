import { describe, expect, it } from 'vitest';
import { LEASE_MS, type OutboxBench } from './bench.conformance.js';

/** Who gets what, in which order, and never two at once. */
export function claims(bench: OutboxBench): void {
  describe('claim', () => {
    it('gives what was written, leased, with the attempt counted', async () => {
      const made = await bench.one();
      const got = await bench.claimed(made, 'w1');
      expect(got).toMatchObject({ ...made, status: 'sending', attempts: 1, providerId: null });
      expect(Math.abs((got?.firstSentAt ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(await bench.outbox.claim('w2', 10, LEASE_MS)).toEqual([]);
    });

    it('knows an intent written twice as one', async () => {
      const made = await bench.one();
      await bench.add([made]);
      expect((await bench.outbox.summary(made.warningId)).total).toBe(1);
    });

    it('takes red before orange, then the longer due, then by id', async () => {
      const now = Date.now();
      const orange = bench.intent({ priority: 1, level: 'orange', notBefore: now - 9_000 });
      const young = bench.intent({ notBefore: now - 1_000 });
      const old = bench.intent({ notBefore: now - 5_000 });
      const twin = bench.intent({ notBefore: now - 5_000, id: `${old.id}b` });
      await bench.add([orange, young, twin, old]);
      const order = (await bench.outbox.claim('w1', 4, LEASE_MS)).map(({ id }) => id);
      expect(order).toEqual([old.id, twin.id, young.id, orange.id]);
    });

    it('leaves what is not due, past its deadline or of a lower priority than asked for', async () => {
      const now = Date.now();
      const later = bench.intent({ notBefore: now + 60_000 });
      const past = bench.intent({ deadline: now - 1 });
      const orange = bench.intent({ priority: 1, level: 'orange' });
      await bench.add([later, past, orange]);
      expect(await bench.outbox.claim('w1', 10, LEASE_MS, 0)).toEqual([]);
      expect((await bench.outbox.claim('w1', 10, LEASE_MS, 1)).map(({ id }) => id)).toEqual([orange.id]);
    });

    it('gives what was never put off, though the clock was put back since', async () => {
      const ahead = Date.now() + 300_000;
      const made = await bench.one({ createdAt: ahead, notBefore: ahead, deadline: ahead + 600_000 });
      expect((await bench.claimed(made, 'w1'))?.id).toBe(made.id);
    });

    it('never gives one delivery to two workers at once', async () => {
      const all = Array.from({ length: 120 }, () => bench.intent());
      await bench.add(all);
      const workers = Array.from({ length: 6 }, async (_, n) => {
        const mine: string[] = [];
        for (;;) {
          const batch = await bench.outbox.claim(`w${n}`, 7, LEASE_MS);
          if (batch.length === 0) return mine;
          mine.push(...batch.map(({ id }) => id));
        }
      });
      const taken = (await Promise.all(workers)).flat();
      expect([...taken].sort()).toEqual(all.map(({ id }) => id).sort());
    });
  });
}
