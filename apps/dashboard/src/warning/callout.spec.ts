import type { DeliveryView, ReportParty, TaskView } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { deadNumbers, newestOfEach, openTasksOf, stopwatch, worstFirst, type ReportCallout } from './callout.js';

const party = (id: string, state: ReportParty['state'], elapsedSeconds: number) => ({ id, state, elapsedSeconds }) as ReportParty;

describe('the call-out on the page', () => {
  it('shows first who needs somebody', () => {
    const shown = worstFirst([
      party('a', 'ack', 30),
      party('b', 'reached', 90),
      party('c', 'help', 42),
      party('d', 'waiting', 90),
      party('e', 'ack', 12),
    ]);
    expect(shown.map(({ id }) => id)).toEqual(['c', 'd', 'b', 'e', 'a']);
  });

  it('shows the newest message of each scope, households first', () => {
    const one = (scope: ReportCallout['scope'], releaseVersion: number) => ({ scope, releaseVersion }) as ReportCallout;
    const shown = newestOfEach([one('internal', 1), one('public', 1), one('public', 2)]);
    expect(shown.map(({ scope, releaseVersion }) => `${scope} ${releaseVersion}`)).toEqual(['public 2', 'internal 1']);
  });

  it('offers the visits that are still owed', () => {
    const task = (id: string, kind: TaskView['kind'], state: TaskView['state'], about = 'household:c1') =>
      ({ id, kind, state, about }) as TaskView;
    const tasks = [
      task('1', 'door', 'to-dispatch'),
      task('2', 'door', 'closed'),
      task('3', 'response', 'checking'),
      task('4', 'call-back', 'checking', 'household:c2'),
    ];
    expect(openTasksOf({ subject: 'household:c1' }, tasks).map(({ id }) => id)).toEqual(['1']);
  });

  it('names the numbers a provider found dead, each once, and none that was reached after all', () => {
    const at = (n: number): string => `2026-07-01T00:00:0${n}Z`;
    const sent = (address: string, created: number, over: Partial<DeliveryView> = {}) =>
      ({
        recipientId: 'household:c1:householder',
        channel: 'sms',
        status: 'failed_perm',
        address,
        provider: 'alicloud',
        error: { class: 'RECIPIENT_PERM', code: 'MOBILE_NOT_ON_SERVICE', message: '' },
        times: { created: at(created), sending: null, accepted: null, delivered: null, failed: at(created) },
        ...over,
      }) as DeliveryView;
    const delivered = { sending: null, accepted: null, failed: null, delivered: at(9) };
    const deliveries = [
      sent('1', 1),
      sent('1', 2, { channel: 'voice' }),
      sent('2', 1, { recipientId: 'household:c1:member-1' }),
      sent('2', 3, { status: 'delivered', error: null, times: { created: at(3), ...delivered } }),
      sent('3', 1, { error: { class: 'TRANSIENT', code: 'x', message: '' } }),
      sent('4', 1, { recipientId: 'household:c10:householder' }),
      sent('5', 1, { channel: 'broadcast' }),
    ];
    expect(deadNumbers({ subject: 'household:c1' }, deliveries).map(({ address }) => address)).toEqual(['1']);
    expect(deadNumbers({ subject: 'work:k1:monitor' }, [sent('6', 1, { recipientId: 'work:k1:monitor' })])).toHaveLength(1);
  });

  it('counts like a stopwatch', () => {
    expect([5, 65, 3_725].map(stopwatch)).toEqual(['0:05', '1:05', '1:02:05']);
  });
});
