import { describe, expect, it } from 'vitest';
import { LEASE_MS, sleep, type OutboxBench } from './bench.conformance.js';

/** What one number has had and may have. */
export function addresses(bench: OutboxBench): void {
  describe('what an address has had', () => {
    it('is told with the claim, without what never left', async () => {
      const said = { site: '5132', content: 'c', address: `1390${String(Date.now()).slice(-7)}` };
      const warningId = `warning-again-${bench.next()}`;
      const [first, never] = [bench.intent({ ...said, warningId }), bench.intent({ ...said, warningId })];
      await bench.add([first, never]);
      for (const { id } of await bench.outbox.claim('w1', 10, LEASE_MS))
        await bench.outbox.settle(id, 'w1', id === first.id ? { status: 'accepted', provider: 'a' } : { status: 'suppressed' });
      const again = await bench.one({ ...said, recipient: first.recipient });
      const other = await bench.one({ ...said, recipient: first.recipient, level: 'orange', channel: 'robot' });
      const history = new Map((await bench.outbox.claim('w1', 10, LEASE_MS)).map((got) => [got.id, got.history]));
      expect(history.get(again.id)).toMatchObject({ lastHour: 1, sameTemplate: 1 });
      expect(Math.abs((history.get(again.id)?.saidAt ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(history.get(other.id)).toEqual({ lastHour: 1, sameTemplate: 0, saidAt: null, earlier: [] });
      for (const { id } of [again, other]) await bench.outbox.settle(id, 'w1', { status: 'accepted', provider: 'a' });
    });

    it('names what was said of the same warning before, to this address and in this scope', async () => {
      const to = { warningId: `warning-again-${bench.next()}`, address: `broadcast:${bench.next()}`, channel: 'broadcast' as const };
      const said = async (over: Parameters<typeof bench.one>[0]) => {
        const made = await bench.one({ ...to, ...over });
        const got = (await bench.outbox.claim('w1', 10, LEASE_MS)).find(({ id }) => id === made.id);
        await bench.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'a' });
        return { outId: made.outId, earlier: got?.history?.earlier };
      };
      const go = await said({ version: 1 });
      const more = await said({ version: 2 });
      await said({ version: 2, warningId: `warning-other-${bench.next()}` });
      await said({ version: 2, scope: 'internal' });
      expect([go.earlier, more.earlier, (await said({ version: 3 })).earlier]).toEqual([[], [go.outId], [go.outId, more.outId]]);
    });

    it('the same is news again when something else was said in between', async () => {
      const said = { site: '5132', recipient: `household:${bench.next()}`, address: `1370${String(Date.now()).slice(-7)}` };
      const says = async (content: string) => {
        const made = await bench.one({ ...said, content });
        const got = (await bench.outbox.claim('w1', 10, LEASE_MS)).find(({ id }) => id === made.id);
        await bench.outbox.settle(made.id, 'w1', { status: 'accepted', provider: 'a' });
        await sleep(2);
        return got?.history?.saidAt ?? null;
      };
      expect([await says('red'), (await says('red')) !== null, await says('clear'), await says('red')]).toEqual([null, true, null, null]);
    });

    it('a claim that led to nothing does not count as an attempt', async () => {
      const made = await bench.one();
      await bench.claimed(made, 'w1');
      await bench.outbox.settle(made.id, 'w1', { status: 'pending', delayMs: 0, unsent: true });
      expect(await bench.outbox.claim('w1', 10, LEASE_MS)).toMatchObject([{ id: made.id, attempts: 1 }]);
    });

    it('a number is called no oftener than its windows allow, whoever asks', async () => {
      const address = `1380${String(Date.now()).slice(-7)}`;
      const windows = [{ ms: 60_000, most: 2 }];
      const ask = (id: string) => bench.outbox.takeTurns([{ id, address }], windows);
      const waits = (await Promise.all(['a', 'b', 'c', 'd'].map(ask))).flat();
      expect(waits.filter((wait) => wait === 0)).toHaveLength(2);
      for (const wait of waits) expect(wait).toBeLessThanOrEqual(60_000);
      expect(await bench.outbox.takeTurns([{ id: 'e', address: `${address.slice(0, -1)}x` }], windows)).toEqual([0]);
    });
  });
}
