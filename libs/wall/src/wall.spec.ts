import type { HazardPoint, RegisteredDevice, RegistryView, WallEvent } from '#libs/contracts';
import { pointFreshness, qualityFlags } from '#libs/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authOf, credentialOf } from './credential.js';
import { DeviceWatch } from './device-watch.js';
import { EventFeed } from './event-feed.js';
import { MemoryEvents } from './fakes/memory-events.js';
import { decodeFrame, encodeFrame } from './frame.js';
import { Picture } from './picture.js';

const event = (seq: number, divisionCode = '513221'): WallEvent => ({
  seq,
  id: `e${seq}`,
  type: 'point.level',
  at: seq,
  divisionCode,
  payload: {},
});

describe('frame', () => {
  it('comes back from its bytes unchanged', () => {
    const quality = fc.subarray([...qualityFlags]).map((flags) => flags.join(','));
    const time = fc.integer({ min: 0, max: 4e12 });
    const value = fc.tuple(fc.nat(2 ** 32 - 1), time, fc.double({ noNaN: true }), quality);
    fc.assert(
      fc.property(time, fc.array(value), (at, values) => {
        const frame = { at, values };
        expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
      }),
    );
  });
});

describe('event feed', () => {
  it('gives each visible event once and in order, whatever arrives while it replays', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.nat(30),
        fc.array(fc.nat(3), { maxLength: 6 }),
        async (mine, offset, bursts) => {
          const store = new MemoryEvents();
          const add = (own: boolean) => void store.write({ events: [{ ...event(0, own ? '513221' : '510107') }] });
          mine.forEach(add);
          const from = Math.min(offset, store.log.length);
          const got: number[] = [];
          const feed = new EventFeed('5132', from, ({ seq }) => got.push(seq));
          store.listen = (events) => events.forEach((one) => feed.live(one));
          store.beforeAnswer = () => bursts.splice(0, 2).forEach((count) => Array.from({ length: count }, () => add(true)));
          await feed.replay(store, () => false);
          add(true);
          expect(got).toEqual(store.log.filter(({ seq, divisionCode }) => seq > from && divisionCode === '513221').map(({ seq }) => seq));
        },
      ),
    );
  });
});

const point = { unifiedCode: 'p1', name: '望山坡', kind: 'landslide', divisionCode: '513221', closed: false } as HazardPoint;
const device = {
  deviceId: 'd1',
  hazardPoint: 'p1',
  divisionCode: '513221',
  interval: 60,
  profile: 'crack-meter',
  secretHash: 'hidden',
} as RegisteredDevice;
const registry: RegistryView = {
  device: (id) => (id === 'd1' ? device : undefined),
  deviceBySecretHash: () => undefined,
  point: () => point,
  points: () => [point],
  devices: () => [device],
  devicesOf: () => [device],
};
const picture = () => new Picture({ registry, level: () => undefined, unitOf: () => 'mm' });
const reading = (time: number, value: number, receivedAt = time) => ({
  deviceId: 'd1',
  channel: 'L1_LF_1',
  time,
  value,
  quality: [],
  receivedAt,
});

describe('picture', () => {
  it('is grey until something was heard and judged', () => {
    const [shown] = picture().points('', [], 0);
    expect(shown).toMatchObject({ level: 'unknown', freshness: 'unknown', state: null, lastReadingAt: null });
    expect(pointFreshness(['online', 'online'])).toBe('fresh');
    expect(pointFreshness(['online', 'offline'])).toBe('silent');
    expect(pointFreshness(['offline', 'unknown'])).toBe('unknown');
    expect(pointFreshness([])).toBe('unknown');
  });

  it('keeps the newest value when late ones come, and takes them as a sign of life', () => {
    const live = picture();
    live.show([reading(1_000, 5), reading(500, 4, 90_000), { ...reading(1, 1), deviceId: 'stranger' }]);
    expect(live.takeChanged()).toEqual([[0, 1_000, 5, '']]);
    expect(live.takeChanged()).toEqual([]);
    expect(live.stateOf(device, 100_000)).toBe('online');
    expect(live.channels('')).toEqual([{ index: 0, deviceId: 'd1', channel: 'L1_LF_1', hazardPoint: 'p1', unit: 'mm' }]);
  });

  it('shows nobody what lies outside their divisions, and no secret to anyone', () => {
    const live = picture();
    live.show([reading(1_000, 5)]);
    expect([live.points('5101', [], 0), live.devices('5101', 0), live.channels('5101'), live.values('5101')]).toEqual([[], [], [], []]);
    expect(live.devices('5132', 0)[0]).not.toHaveProperty('secretHash');
  });

  it('tells a change of a device once it is written, and not before', () => {
    const live = picture();
    const watch = new DeviceWatch(live);
    watch.begin(0);
    live.show([reading(1_000, 5)]);
    expect(watch.changes(1_000).map(({ state }) => state)).toEqual(['online']);
    const again = watch.changes(1_000);
    watch.told(again);
    expect(watch.changes(1_000)).toEqual([]);
    expect(watch.changes(200_000).map(({ state }) => state)).toEqual(['stale']);
  });
});

describe('credential', () => {
  it('is the token, else the cookie; wrong types count as not given', () => {
    const headers = { cookie: 'a=b; wangshan_session=s3' };
    expect(credentialOf({ auth: { token: 't' }, headers })).toBe('t');
    expect(credentialOf({ auth: {}, headers })).toBe('s3');
    expect(credentialOf({ auth: null, headers: {} })).toBeUndefined();
    expect(authOf({ token: 't', offset: 'seven' })).toEqual({ token: 't' });
    expect(authOf({ offset: 7, binary: true })).toEqual({ offset: 7, binary: true });
  });
});
