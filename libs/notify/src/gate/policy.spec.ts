import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Circuit } from '../engine/circuit.js';
import { FakeChannel } from '../fakes/fake-channel.js';
import { anIntent } from '../fakes/intents.js';
import { afterNoWay, afterQuestion, afterSend, backoff } from './policy.js';
import { errorClasses, type ClaimedDelivery, type ErrorClass, type SendResult } from '../ports.js';
import { TRIES_PER_DRIVER, chooseRoute, type Driver } from './route.js';

const claimed = (over: Partial<ClaimedDelivery> = {}): ClaimedDelivery => ({
  ...anIntent('d1', 0),
  attempts: 1,
  status: 'sending',
  providerId: null,
  firstSentAt: 0,
  ...over,
});
const refused = (cls: ErrorClass): SendResult => ({ ok: false, cls, code: `said-${cls}`, message: 'refused' });
const middle = () => 0.5;

describe('after a send', () => {
  it.each([
    ['TRANSIENT', 'pending'],
    ['UNKNOWN', 'unknown'],
    ['ACCOUNT', 'pending'],
    ['RECIPIENT_LIMIT', 'manual_task'],
    ['RECIPIENT_PERM', 'manual_task'],
    ['TEMPLATE', 'manual_task'],
    ['CONTENT', 'manual_task'],
    ['BUG', 'manual_task'],
  ] as const)('%s leads to %s', (cls, status) => {
    expect(errorClasses).toContain(cls);
    expect(afterSend(claimed(), 'p', refused(cls), middle, 0, 1)).toMatchObject({ status, error: { class: cls }, provider: 'p' });
  });

  it('what is refused for good is a person’s task only where nothing is left and the level asks for it', () => {
    const voice = { ...claimed(), id: 'd1v', outId: 'd1v', channel: 'voice' as const, step: 1 };
    const settled = afterSend(claimed({ alternatives: [voice] }), 'p', refused('RECIPIENT_LIMIT'), middle, 5_000, 1);
    expect(settled).toMatchObject({ status: 'failed_perm', instead: { id: 'd1v', insteadOf: 'd1', alternatives: [] } });
    expect(afterSend(claimed({ priority: 2 }), 'p', refused('BUG'), middle, 0, 1)).toMatchObject({ status: 'failed_perm' });
  });

  it('red and orange leave a channel whose providers were tried through; yellow waits for it', () => {
    const voice = { ...claimed(), id: 'd1v', outId: 'd1v', channel: 'voice' as const, step: 1 };
    const after = (over: Partial<ClaimedDelivery>) =>
      afterSend(claimed({ alternatives: [voice], ...over }), 'p', refused('TRANSIENT'), middle, 0, 2);
    expect(after({ attempts: 9 })).toMatchObject({ status: 'pending' });
    expect(after({ attempts: 10 })).toMatchObject({ status: 'failed_temp', instead: { channel: 'voice' } });
    expect(after({ attempts: 10, priority: 2 })).toMatchObject({ status: 'pending' });
    expect(afterNoWay(claimed({ alternatives: [voice] }), 'all-circuits-open', 14_000)).toMatchObject({ status: 'pending', unsent: true });
    expect(afterNoWay(claimed({ alternatives: [voice] }), 'all-circuits-open', 15_000)).toMatchObject({ status: 'failed_temp' });
  });

  it('an answer that is the receipt itself ends the delivery; any other waits for one', () => {
    expect(afterSend(claimed(), 'p', { ok: true, providerId: 'x', delivered: true }, middle, 0, 1)).toMatchObject({ status: 'delivered' });
    expect(afterSend(claimed(), 'p', { ok: true, providerId: 'x' }, middle, 0, 1)).toMatchObject({ status: 'accepted' });
  });

  it('red tries five times on a driver within 15 s, whatever the dice say', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5, maxLength: 5 }), (dice) => {
        const waits = dice.slice(0, TRIES_PER_DRIVER - 1).map((die, index) => backoff(index + 1, 'red', () => die));
        expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(15_000);
        for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(100);
      }),
    );
  });
});

describe('after a question', () => {
  const recon = (over: Partial<ClaimedDelivery> = {}) => claimed({ status: 'recon', provider: 'p', ...over });

  it('red is asked at +2, +4, +6 s and only then sent again', () => {
    const first = afterSend(claimed(), 'p', refused('UNKNOWN'), middle, 0, 1);
    const waits = [1, 2].map((asked) => afterQuestion(recon(), 'p', 'ABSENT', asked, 1_000));
    expect([first.delayMs, ...waits.map(({ settlement }) => settlement.delayMs)]).toEqual([2_000, 2_000, 2_000]);
    expect(afterQuestion(recon(), 'p', 'ABSENT', 3, 7_000)).toMatchObject({ reason: 'absent', settlement: { status: 'pending' } });
  });

  it('who can’t be asked may have it: its report is waited for, and the other channel is taken at once for red and orange', () => {
    const voice = { ...claimed(), id: 'd1v', outId: 'd1v', channel: 'voice' as const, step: 1 };
    const first = afterQuestion(recon({ alternatives: [voice] }), undefined, 'unaskable', 1, 2_000);
    expect(first).toMatchObject({ reason: 'ask-again', settlement: { status: 'unknown', delayMs: 45_000, instead: { id: 'd1v' } } });
    expect(afterQuestion(recon(), undefined, 'unaskable', 1, 2_000).settlement.instead).toBeUndefined();
    const yellow = afterQuestion(recon({ priority: 2, alternatives: [voice] }), undefined, 'unaskable', 1, 2_000).settlement;
    expect([yellow.delayMs, yellow.instead]).toEqual([300_000, undefined]);
    expect(afterQuestion(recon(), undefined, 'unaskable', 2, 47_000)).toMatchObject({
      reason: 'absent',
      settlement: { status: 'pending' },
    });
  });

  it('others are asked at 10, 30, 60 s', () => {
    const first = afterSend(claimed({ priority: 2 }), 'p', refused('UNKNOWN'), middle, 0, 1);
    const waits = [1, 2].map((asked) => afterQuestion(recon({ priority: 2 }), 'p', 'ABSENT', asked, 1_000));
    expect([first.delayMs, ...waits.map(({ settlement }) => settlement.delayMs)]).toEqual([10_000, 20_000, 30_000]);
  });

  it('what is found is not sent again, and what became of it is kept', () => {
    const found = (status: 'ACCEPTED' | 'DELIVERED' | 'FAILED') => afterQuestion(recon(), 'p', { status, providerId: 'x' }, 1, 0);
    expect(found('ACCEPTED')).toMatchObject({ reason: 'found', settlement: { status: 'accepted', provider: 'p' } });
    expect(found('DELIVERED').reason).toBe('delivered');
    expect(found('FAILED').reason).toBe('failed');
  });

  it('a provider nobody can ask holds yellow back, but not red', () => {
    expect(afterQuestion(recon(), undefined, 'unreachable', 3, 0).reason).toBe('absent');
    expect(afterQuestion(recon({ priority: 2 }), undefined, 'unreachable', 9, 0).reason).toBe('ask-again');
  });

  it('past its deadline it ends, red and orange as a person’s task', () => {
    const ended = (priority: number) => afterQuestion(recon({ priority }), undefined, 'ABSENT', 1, 180_000);
    expect([0, 1, 2].map((priority) => ended(priority).settlement.status)).toEqual(['manual_task', 'manual_task', 'expired']);
    expect(ended(0).reason).toBe('deadline');
  });

  it('what somebody died sending is asked about for 6 s when red, for 80 s otherwise, before it is sent again', () => {
    const askedFor = (priority: number): number => {
      for (let asked = 1, ms = 0; ; asked += 1) {
        const { reason, settlement } = afterQuestion(recon({ priority, deadline: 1e9, provider: null }), undefined, 'ABSENT', asked, 0);
        if (reason === 'absent') return ms;
        ms += settlement.delayMs ?? 0;
      }
    };
    expect([0, 1, 2].map(askedFor)).toEqual([6_000, 80_000, 80_000]);
  });
});

describe('route', () => {
  const driver = (name: string, simulated = false): Driver => ({ channel: new FakeChannel(name), simulated });
  const [a, b] = [driver('a'), driver('b')];
  const take = (attempts: number, admit: (driver: Driver) => boolean = () => true) => {
    const route = chooseRoute(claimed({ attempts }), [a, b], admit);
    return 'driver' in route ? route.driver.channel.name : route;
  };

  it('goes left to right, five tries each, and around again', () => {
    expect([1, 5, 6, 10, 11].map((attempts) => take(attempts))).toEqual(['a', 'a', 'b', 'b', 'a']);
  });

  it('goes around an open circuit, and says when all are open', () => {
    expect(take(1, (driver) => driver === b)).toBe('b');
    expect(take(1, () => false)).toEqual({ none: 'all-circuits-open' });
  });

  it('keeps a drill that is not declared real from every real driver', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.array(fc.boolean(), { maxLength: 4 }), (attempts, kinds) => {
        const drivers = kinds.map((simulated, index) => driver(`d${index}`, simulated));
        const route = chooseRoute(claimed({ attempts, deliver: 'simulator' }), drivers, () => true);
        if ('driver' in route) expect(route.driver.simulated).toBe(true);
        else expect(route).toEqual(kinds.length === 0 ? { none: 'no-driver' } : { suppressed: 'drill-not-delivered' });
      }),
    );
  });
});

describe('circuit', () => {
  const ok: SendResult = { ok: true, providerId: 'x' };
  const feed = (circuit: Circuit, results: readonly SendResult[], now: number) => results.map((result) => circuit.record(result, now));

  it('opens on the fifth account error, probes after 30 s, closes on a good answer', () => {
    const circuit = new Circuit();
    expect(feed(circuit, Array(5).fill(refused('ACCOUNT')) as SendResult[], 0)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'opened',
    ]);
    expect(circuit.admit(29_999)).toBe(false);
    expect([1, 2, 3, 4, 5, 6].map(() => circuit.admit(30_000))).toEqual([true, true, true, true, true, false]);
    expect(circuit.record(ok, 30_100)).toBe('closed');
    expect(circuit.admit(30_100)).toBe(true);
  });

  it('opens when more than half of the last answers are weak, and not on a hiccup', () => {
    const circuit = new Circuit();
    feed(circuit, [refused('TRANSIENT'), refused('UNKNOWN'), ...Array.from({ length: 30 }, () => ok)], 0);
    expect(circuit.usable(0)).toBe(true);
    const changes = feed(
      circuit,
      Array.from({ length: 40 }, () => refused('TRANSIENT')),
      0,
    );
    expect(changes.filter((change) => change === 'opened')).toHaveLength(1);
    expect(circuit.state(0)).toEqual({ state: 'open', reason: 'TRANSIENT said-TRANSIENT' });
  });

  it('opens again when a probe fails; refused numbers never open it', () => {
    const circuit = new Circuit();
    feed(circuit, Array(200).fill(refused('RECIPIENT_PERM')) as SendResult[], 0);
    expect(circuit.usable(0)).toBe(true);
    feed(circuit, Array(5).fill(refused('ACCOUNT')) as SendResult[], 0);
    circuit.admit(30_000);
    circuit.record(refused('TRANSIENT'), 30_500);
    expect(circuit.usable(31_000)).toBe(false);
    expect(circuit.usable(60_500)).toBe(true);
  });
});
