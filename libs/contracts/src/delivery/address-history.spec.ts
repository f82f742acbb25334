import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../time/time.js';
import { addressHistory, type SentDelivery } from './address-history.js';
import type { DeliveryIntent } from './delivery.js';

const now = Date.UTC(2026, 6, 1);
const intent = (id: string, over: Partial<DeliveryIntent> = {}): DeliveryIntent => ({
  id,
  outId: `out-${id}`,
  warningId: 'w',
  scope: 'public',
  version: 2,
  recipient: 'household:1',
  channel: 'sms',
  kind: 'warning',
  step: 0,
  priority: 1,
  address: '13900000001',
  level: 'orange',
  role: 'household',
  deliver: 'real',
  site: 'p',
  content: 'words',
  template: { code: 'T', params: {}, text: 'words', parts: 1 },
  exercise: false,
  notBefore: now,
  deadline: now + HOUR,
  createdAt: now,
  ...over,
});
const sent = (ago: number, over: Partial<DeliveryIntent> = {}, status: SentDelivery['status'] = 'sent'): SentDelivery => ({
  intent: intent(`sent-${ago}`, over),
  status,
  at: now - ago,
});
const of = (...deliveries: SentDelivery[]) => addressHistory(intent('one'), deliveries, now);

describe('addressHistory', () => {
  it('counts what left within the hour by any channel, within the day by this channel in this template', () => {
    const got = of(
      sent(HOUR - 1),
      sent(HOUR),
      sent(MINUTE, { channel: 'voice' }),
      sent(DAY - 1, { template: intent('x').template }),
      sent(DAY),
    );
    expect(got).toMatchObject({ lastHour: 2, sameTemplate: 3 });
  });

  it.each(['pending', 'suppressed', 'cancelled'] as const)('leaves out what is %s', (status) => {
    expect(of(sent(MINUTE, {}, status))).toEqual({ lastHour: 0, sameTemplate: 0, saidAt: null, earlier: [] });
  });

  it('leaves out itself, what was never handed over, and other numbers; knows its own in another spelling', () => {
    const itself: SentDelivery = { intent: intent('one'), status: 'sending', at: now };
    const never: SentDelivery = { ...sent(MINUTE), at: null };
    expect(of(itself, never, sent(MINUTE, { address: '13900000002' })).lastHour).toBe(0);
    expect(of(sent(MINUTE, { address: '+86 139 0000 0001' })).lastHour).toBe(1);
  });

  it('says when the same was last said', () => {
    expect(of(sent(HOUR), sent(MINUTE), sent(2 * HOUR)).saidAt).toBe(now - MINUTE);
  });

  it.each([
    ['other words', { content: 'all clear' }],
    ['another level', { level: 'red' }],
  ] as const)('is news after %s, also of the same millisecond', (_, other) => {
    expect(of(sent(HOUR), sent(MINUTE, other)).saidAt).toBeNull();
    expect(of(sent(HOUR), sent(HOUR, other)).saidAt).toBeNull();
    expect(of(sent(HOUR, other), sent(HOUR)).saidAt).toBeNull();
    expect(of(sent(MINUTE), sent(HOUR, other)).saidAt).toBe(now - MINUTE);
  });

  it.each([
    ['another site', { site: 'q' }],
    ['another channel', { channel: 'voice' }],
    ['another of the household', { recipient: 'household:2' }],
  ] as const)('was not said, and not contradicted, at %s', (_, elsewhere) => {
    expect(of(sent(MINUTE, elsewhere)).saidAt).toBeNull();
    expect(of(sent(HOUR), sent(MINUTE, { ...elsewhere, content: 'all clear' })).saidAt).toBe(now - HOUR);
  });

  it('names the earlier messages of its warning and scope in their order', () => {
    const got = of(
      sent(1, { outId: 'b', version: 1 }),
      sent(2, { outId: 'a', version: 0 }),
      sent(3, { outId: 'same version' }),
      sent(4, { outId: 'internal', version: 1, scope: 'internal' }),
      sent(5, { outId: 'other', version: 1, warningId: 'v' }),
    );
    expect(got.earlier).toEqual(['a', 'b']);
  });
});
