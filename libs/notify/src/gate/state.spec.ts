import { deliveryRank, deliveryStatuses, type DeliveryStatus } from '#libs/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryEvents, deliveryTransitions, isTerminal, stepDelivery, type DeliveryEvent } from './state.js';

const run = (events: readonly DeliveryEvent[]) => {
  const seen: DeliveryStatus[] = ['pending'];
  for (const event of events) {
    const step = stepDelivery(seen[seen.length - 1]!, event);
    if ('to' in step) seen.push(step.to);
  }
  return seen;
};

describe('delivery state machine', () => {
  it('goes from pending to delivered by the plain way', () => {
    expect(run(['claim', 'accepted', 'carrier-sent', 'receipt-delivered'])).toEqual([
      'pending',
      'sending',
      'accepted',
      'sent',
      'delivered',
    ]);
  });

  it('asks before it sends again when the outcome is unknown', () => {
    expect(run(['claim', 'unknown-outcome', 'claim'])).toEqual(['pending', 'sending', 'unknown']);
    expect(run(['claim', 'lease-expired', 'ask', 'absent', 'claim'])).toEqual([
      'pending',
      'sending',
      'unknown',
      'recon',
      'pending',
      'sending',
    ]);
  });

  it('accepts a late "delivered" after "expired", and nothing after "delivered"', () => {
    expect(run(['claim', 'accepted', 'deadline', 'receipt-delivered', 'receipt-failed', 'deadline'])).toEqual([
      'pending',
      'sending',
      'accepted',
      'expired',
      'delivered',
    ]);
    expect(stepDelivery('delivered', 'receipt-failed')).toEqual({ refused: 'lower-rank' });
  });

  it('T12 never leaves a terminal rank in any order of events, and never cancels what is under way', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...deliveryEvents), { maxLength: 40 }), (events) => {
        const seen = run(events);
        const firstEnd = seen.findIndex(isTerminal);
        if (firstEnd >= 0) for (const status of seen.slice(firstEnd)) expect(isTerminal(status)).toBe(true);
        for (const [index, status] of seen.entries()) if (status === 'cancelled') expect(seen[index - 1]).toBe('pending');
      }),
    );
  });

  it('a receipt only ever raises the rank', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...deliveryStatuses),
        fc.constantFrom('receipt-delivered', 'receipt-failed', 'carrier-sent'),
        (from, event) => {
          const step = stepDelivery(from, event);
          if ('to' in step) expect(deliveryRank[step.to]).toBeGreaterThan(deliveryRank[from]);
        },
      ),
    );
  });

  it('every status that is not an end can reach an end', () => {
    for (const status of deliveryStatuses.filter((one) => !isTerminal(one))) {
      const reached = new Set<DeliveryStatus>([status]);
      for (const from of reached) for (const to of Object.values(deliveryTransitions[from])) reached.add(to);
      expect([...reached].some(isTerminal), status).toBe(true);
    }
  });
});
