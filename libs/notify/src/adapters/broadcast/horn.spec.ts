import { describe, expect, it } from 'vitest';
import { channelConformance } from '../../channel.conformance.js';
import { aMessage } from '../../fakes/gateway-bench.js';
import { SlopeHorns, type HornCommand, type HornLink, type HornOrder } from './horn.js';

/** The downlink in memory. */
class FakeHorns implements HornLink {
  readonly said = new Map<string, HornOrder & HornCommand>();
  away = false;
  behave: (order: HornOrder) => ReturnType<HornLink['say']> | undefined = () => undefined;

  async say(order: HornOrder): ReturnType<HornLink['say']> {
    const other = this.behave(order);
    if (other) return other;
    const known = this.said.get(order.outId) ?? { ...order, msgid: `m-${this.said.size}`, state: 'sent' as const };
    this.said.set(order.outId, known);
    return known;
  }

  async callOff(deviceId: string, outIds: readonly string[]): Promise<void> {
    if (this.away) throw new Error('the store is away');
    for (const outId of outIds) {
      const command = this.said.get(outId);
      if (command?.deviceId === deviceId) command.state = 'cancelled';
    }
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

  const over = (outId: string, earlier: readonly string[]) =>
    aMessage(outId, { to: 'broadcast:513221-01', about: { level: 'red', kind: 'all-clear', exercise: false, earlier } });

  it('call off what was said of the warning before, and of nothing else', async () => {
    await horns.send(message('d-go'));
    await horns.send(message('d-other-warning'));
    expect(await horns.send(over('d-over', ['d-never-sent', 'd-go']))).toMatchObject({ ok: true });
    expect(['d-go', 'd-other-warning', 'd-over'].map((outId) => link.said.get(outId)?.state)).toEqual(['cancelled', 'sent', 'sent']);
    expect(await horns.query({ outId: 'd-go', to: 'broadcast:513221-01' })).toMatchObject({ status: 'FAILED', code: 'cancelled' });
  });

  it('wait for one that is just being handed down before they call it off', async () => {
    let keep: (() => void) | undefined;
    link.behave = (order) =>
      new Promise((resolve) => {
        keep = () => {
          const command = { ...order, msgid: 'm-slow', state: 'sent' as const };
          link.said.set(order.outId, command);
          resolve(command);
        };
      });
    const going = horns.send(message('d-slow'));
    link.behave = () => undefined;
    const calming = horns.send(over('d-calm', ['d-slow']));
    keep?.();
    await Promise.all([going, calming]);
    expect(['d-slow', 'd-calm'].map((outId) => link.said.get(outId)?.state)).toEqual(['cancelled', 'sent']);
  });

  it('say nothing new while the earlier cannot be called off', async () => {
    link.away = true;
    expect(await horns.send(over('d-late', ['d-other-warning']))).toMatchObject({ ok: false, cls: 'TRANSIENT', code: 'not-called-off' });
    link.away = false;
    expect(link.said.has('d-late')).toBe(false);
  });

  it('speaks through the devices of the settings only', () => {
    expect(horns.serves('broadcast:513221-01')).toBe(true);
    expect(horns.serves('broadcast:513221-02')).toBe(false);
    expect(horns.serves('broadcast:platform')).toBe(false);
  });
});
