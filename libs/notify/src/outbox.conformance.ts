import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { addresses } from './outbox/address.conformance.js';
import { OutboxBench, type OutboxUnderTest } from './outbox/bench.conformance.js';
import { claims } from './outbox/claim.conformance.js';
import { receipts } from './outbox/receipts.conformance.js';
import { settlements } from './outbox/settle.conformance.js';
import { otherWays } from './outbox/ways.conformance.js';

/**
 * What every outbox does (notify.md §5.2). Run once for each adapter.
 * @param name       of the adapter
 * @param makeOutbox an empty one
 */
export function outboxConformance(name: string, makeOutbox: () => Promise<OutboxUnderTest>): void {
  describe(`outbox: ${name}`, () => {
    const bench = new OutboxBench();
    beforeAll(async () => bench.begin(await makeOutbox()));
    afterAll(() => bench.end());
    beforeEach(() => bench.sweep());
    claims(bench);
    settlements(bench);
    receipts(bench);
    otherWays(bench);
    addresses(bench);
  });
}
