import { describe, expect, it } from 'vitest';
import { channelConformance } from '../../channel.conformance.js';
import { aMessage } from '../../fakes/gateway-bench.js';
import type { ProviderNews } from '../../ports.js';
import { WALL_ADDRESS, WallChannel, type WallLink, type WallOrder } from './channel.js';

/** The wall stage in memory. */
class FakeWall implements WallLink {
  readonly orders = new Map<string, WallOrder & { shown: boolean }>();
  displays = 1;
  away: 'no' | 'kept' = 'no';
  tell: ((outId: string) => Promise<void>) | undefined;

  async show(order: WallOrder): Promise<void> {
    if (!this.orders.has(order.outId)) this.orders.set(order.outId, { ...order, shown: false });
    if (this.away === 'kept') throw new Error('the store is away');
  }
  find(outId: string) {
    const known = this.orders.get(outId);
    return known && { shown: known.shown, displays: this.displays };
  }
  listen(tell: (outId: string) => Promise<void>): () => void {
    this.tell = tell;
    return () => (this.tell = undefined);
  }
}

const clock = { at: 0, now: () => clock.at };
function bench() {
  const link = new FakeWall();
  const channel = new WallChannel({ link, within: () => 30, clock });
  return { link, channel };
}
const about = { level: 'orange', kind: 'warning', exercise: false, warning: 'w1', site: '513221010001' } as const;
const message = (outId: string) => aMessage(outId, { to: WALL_ADDRESS, about });

const kept = bench();
channelConformance(
  'wall',
  () => ({
    channel: new WallChannel({ link: kept.link, within: () => 30, clock: { now: Date.now } }),
    mood: (mood) => {
      kept.link.away = mood === 'accepts' ? 'no' : 'kept';
    },
    taken: (outId) => (kept.link.orders.has(outId) ? 1 : 0),
    message,
  }),
  // The wall is ours: it refuses nobody, and what it can't keep it says by throwing.
  ['TRANSIENT', 'RECIPIENT_LIMIT', 'RECIPIENT_PERM', 'ACCOUNT', 'TEMPLATE', 'CONTENT'],
);

describe('the command centre’s wall', () => {
  it('is published once, about its hazard point, and asked about when its time is up', async () => {
    const { link, channel } = bench();
    expect(await channel.send(message('d1'))).toEqual({ ok: true, providerId: 'd1', askAfterMs: 30_000 });
    await channel.send(message('d1'));
    expect([...link.orders.values()]).toMatchObject([
      { warning: 'w1', site: '513221010001', level: 'orange', kind: 'warning', validitySeconds: 180 },
    ]);
    expect(channel.serves('wall:centre')).toBe(true);
    expect(channel.serves('broadcast:platform')).toBe(false);
  });

  it('is delivered when a display has painted it, and not before', async () => {
    const { link, channel } = bench();
    const news: ProviderNews[] = [];
    const stop = channel.listen(async (one) => void news.push(one));
    await channel.send(message('d1'));
    clock.at = 10_000;
    expect(await channel.query({ outId: 'd1', to: WALL_ADDRESS, sentAt: 0 })).toEqual({ status: 'ACCEPTED', providerId: 'd1' });
    await link.tell?.('d1');
    expect(news).toMatchObject([{ receipts: [{ outId: 'd1', provider: 'wall', status: 'delivered', code: 'shown' }], replies: [] }]);
    await stop();
    expect(link.tell).toBeUndefined();
  });

  it('has failed when it stayed dark, and says why', async () => {
    const { link, channel } = bench();
    await channel.send(message('d1'));
    clock.at = 31_000;
    const ask = (outId: string) => channel.query({ outId, to: WALL_ADDRESS, sentAt: 0 });
    expect(await ask('d1')).toMatchObject({ status: 'FAILED', code: 'not-shown' });
    link.displays = 0;
    expect(await ask('d1')).toMatchObject({ status: 'FAILED', code: 'no-display' });
    expect(await ask('d3')).toBe('ABSENT');
  });

  it('keeps a display waiting until its receipt is kept', async () => {
    const { link, channel } = bench();
    channel.listen(() => Promise.reject(new Error('the store is away')));
    await expect(link.tell?.('d1')).rejects.toThrow('away');
  });
});
