import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryRank, deliveryStatuses } from '#libs/contracts';
import { anIntent } from '../fakes/records.js';
import { aged, answered, fresh, isLeased, leased, received, settled, withdrawn, type DeliveryState } from './delivery-state.js';

const intent = anIntent('d1', { deadline: 100_000 });
type Move = (state: DeliveryState, now: number) => DeliveryState | undefined;

/** What can happen, each only where the outbox lets it happen. */
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.constant<Move>((state, now) => (state.status === 'pending' ? leased(state, 'sending', 'w', 500, now) : undefined)),
  fc.constant<Move>((state, now) => (state.status === 'unknown' ? leased(state, 'recon', 'w', 500, now) : undefined)),
  fc
    .record({
      status: fc.constantFrom('pending', 'accepted', 'unknown', 'failed_temp', 'failed_perm'),
      delayMs: fc.option(fc.nat(2_000), { nil: undefined }),
    })
    .map<Move>((settlement) => (state, now) => (isLeased(state) ? settled(state, settlement, now) : undefined)),
  fc
    .constantFrom('delivered' as const, 'failed' as const)
    .map<Move>((status) => (state, now) => received(state, { provider: 'p', status, code: 'c', at: now })),
  fc.constantFrom('ack' as const, 'help' as const, 'none' as const).map<Move>((ack) => (state, now) => answered(state, ack, now)),
  fc.constant<Move>((state) => withdrawn(state)),
  fc.constant<Move>((state, now) => aged(state, intent, now)),
);
const story = fc.array(fc.record({ move, after: fc.nat(20_000) }), { maxLength: 40 });

/** Every state of a story, first to last. */
function told(steps: readonly { move: Move; after: number }[]): DeliveryState[] {
  const states = [fresh({ ...intent, notBefore: 0 })];
  let now = 0;
  for (const { move: make, after } of steps) {
    now += after;
    const next = make(states.at(-1)!, now);
    if (next) states.push(next);
  }
  return states;
}

describe('what becomes of a delivery', () => {
  const always = (holds: (before: DeliveryState, after: DeliveryState) => boolean) =>
    fc.assert(
      fc.property(story, (steps) => {
        const states = told(steps);
        return states.slice(1).every((after, n) => holds(states[n]!, after));
      }),
      { numRuns: 500 },
    );

  it('a delivered one stays delivered', () => {
    always((before, after) => before.status !== 'delivered' || after.status === 'delivered');
  });

  it('one that has ended is changed by the truth arriving late only', () => {
    always((before, after) => deliveryRank[before.status] < 4 || after.status === before.status || after.status === 'delivered');
  });

  it('is leased exactly while somebody works on it', () => {
    always((_, after) => isLeased(after) === (after.leaseOwner !== null) && isLeased(after) === (after.leaseUntil !== null));
  });

  it('is never sent again once superseded', () => {
    always((before, after) => !before.superseded || (after.superseded && after.attempts === before.attempts && after.status !== 'pending'));
  });

  it('counts attempts upward, and only claims for sending', () => {
    always((before, after) => after.attempts === before.attempts + (before.status === 'pending' && after.status === 'sending' ? 1 : 0));
  });

  it('keeps a call for help', () => {
    always((before, after) => before.ack !== 'help' || after.ack === 'help');
  });

  it('T12 ends, if it is left to time', () => {
    fc.assert(
      fc.property(story, (steps) => {
        let state = told(steps).at(-1)!;
        for (let turn = 0; turn < 4; turn += 1) {
          const now = 1e9 + turn * 1e6;
          state = aged(state, intent, now) ?? state;
          if (state.status === 'unknown') state = settled(leased(state, 'recon', 'w', 1, now), { status: 'pending', delayMs: 0 }, now);
        }
        expect(deliveryRank[state.status]).toBeGreaterThanOrEqual(4);
      }),
    );
  });

  it('knows only statuses of the shared language', () => {
    fc.assert(fc.property(story, (steps) => told(steps).every(({ status }) => deliveryStatuses.includes(status))));
  });
});
