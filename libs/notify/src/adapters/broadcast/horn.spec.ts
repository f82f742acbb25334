import { describe, expect, it } from 'vitest';
import { channelConformance } from '../../channel.conformance.js';
import { aMessage } from '../../fakes/gateway-bench.js';
import { SlopeHorns, type HornCommand, type HornLink, type HornOrder } from './horn.js';

/** The downlink in memory. */
class FakeHorns implements HornLink {
  readonly said = new Map<string, HornOrder & HornCommand>();
  behave: (order: HornOrder) => ReturnType<HornLink['say']> | undefined = () => undefined;

  async say(order: HornOrder): ReturnType<HornLink['say']> {
    const other = this.behave(order);
    if (other) return other;
    const known = this.said.get(order.outId) ?? { ...order, msgid: `m-${this.said.size}`, state: 'sent' as const };
    this.said.set(order.outId, known);
    return known;
  }

  async find(_: string, outId: string): Promise<HornCommand | undefined> {
    return this.said.get(outId);
  }
}

const link = new FakeHorns();
const horns = new SlopeHorns({ link, devices: ['513221-01'], times: 3 });
const message = (outId: string) => aMessage(outId, { to: 'broadcast:513221-01' });

const refused = { RECIPIENT_PERM: 'unknown-device', CONTENT: 'not-sayable', RECIPIENT_LIMIT: 'too-many-waiting' } as const;
const kept = new FakeHorns();
channelConformance(
  'horn',
  () => ({
    channel: new SlopeHorns({ link: kept, devices: ['513221-01'], times: 3 }),
    mood: (mood) => {
      kept.behave = (order) => {
        if (mood in refused) return Promise.resolve({ refused: refused[mood as keyof typeof refused] });
        if (mood === 'accepts') return undefined;
        kept.said.set(order.outId, { ...order, msgid: 'm', state: 'queued' });
        return Promise.reject(new Error('the store is away'));
      };
    },
    taken: (outId) => (kept.said.has(outId) ? 1 : 0),
    message,
  }),
  // The downlink is ours: it has no account and no templates, and what it can't keep it says by throwing.
  ['TRANSIENT', 'ACCOUNT', 'TEMPLATE'],
);

describe('horns on slopes', () => {
  it('say a text as often as is set, once a delivery, and their own answer is the receipt', async () => {
    expect(await horns.send(message('d-horn'))).toMatchObject({ ok: true, providerId: 'm-0' });
    expect(await horns.send(message('d-horn'))).toMatchObject({ ok: true, providerId: 'm-0' });
    expect(link.said.get('d-horn')).toMatchObject({
      deviceId: '513221-01',
      times: 3,
      text: '地灾红色预警：石碑村3组',
      validitySeconds: 180,
    });
    const asked = { ...message('d-horn'), sentAt: 0 };
    expect(await horns.query(asked)).toMatchObject({ status: 'ACCEPTED' });
    for (const [state, status] of [
      ['succeeded', 'DELIVERED'],
      ['failed', 'FAILED'],
      ['expired', 'FAILED'],
    ] as const) {
      link.said.set('d-horn', { ...link.said.get('d-horn')!, state });
      expect(await horns.query(asked)).toMatchObject({ status, code: state });
    }
  });

  it('speaks through the devices of the settings only', () => {
    expect(horns.serves('broadcast:513221-01')).toBe(true);
    expect(horns.serves('broadcast:513221-02')).toBe(false);
    expect(horns.serves('broadcast:platform')).toBe(false);
  });
});
