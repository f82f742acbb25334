import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  HazardPoint,
  IndicatorSeries,
  PointState,
  RegisteredDevice,
  RegistryView,
  StoredReading,
  User,
  WallEventDraft,
} from '#libs/contracts';
import { catalogueOf, PointUpdate, WallEventMessage, WallFrameMessage, WallSnapshot } from '#libs/contracts';
import { createLogger, Health, Metrics } from '#libs/platform';
import { decodeFrame } from '#libs/wall';
import { PATIENCE_MS } from '#libs/testing';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// The fake beside the ports of libs/wall; specs may look behind an index.
import { MemoryEvents } from '../../../libs/wall/src/fakes/memory-events.js';
import { WallService, type WallStore } from './wall.service.js';

const point = {
  unifiedCode: '513221010001',
  name: '望山坡',
  kind: 'landslide',
  divisionCode: '513221',
  longitude: 103,
  latitude: 31,
  closed: false,
} as HazardPoint;
const device: RegisteredDevice = {
  deviceId: 'd1',
  profile: 'crack-meter',
  hazardPoint: point.unifiedCode,
  divisionCode: '513221',
  interval: 60,
  synthetic: false,
  createdAt: '2026-05-01T00:00:00.000Z',
  secretHash: 'hidden',
};
const registry: RegistryView = {
  device: (id) => (id === 'd1' ? device : undefined),
  deviceBySecretHash: () => undefined,
  point: (code) => (code === point.unifiedCode ? point : undefined),
  points: () => [point],
  devices: () => [device],
  devicesOf: () => [device],
};
const userOf = (scope: string): User => ({
  id: scope,
  username: 'wall',
  displayName: '大屏',
  roles: ['viewer'],
  scope,
  createdAt: '2026-05-01T00:00:00.000Z',
});
const draft = (id: string, divisionCode = '513221'): WallEventDraft => ({ id, type: 'point.level', at: 1, divisionCode, payload: { id } });

let events: MemoryEvents;
let service: WallService;
let server: HttpServer;
let url: string;
let sockets: Socket[];
let curves: IndicatorSeries[];
const clock = { at: 1_000_000, now: () => clock.at };

beforeEach(async () => {
  events = new MemoryEvents();
  sockets = [];
  curves = [];
  await begin();
});
/** A station over these events, as after a restart. */
async function begin(): Promise<void> {
  const store = {
    events,
    ledger: { write: (entry: Parameters<WallStore['ledger']['write']>[0]) => events.write(entry) },
    latest: { latest: () => Promise.resolve([]) },
    warnings: { open: () => Promise.resolve([]) },
  } as unknown as WallStore;
  service = new WallService(store, registry, clock, createLogger('silent'), new Health(), new Metrics());
  events.listen = (written) => service.emit(written);
  const tokens = new Map([
    ['county', userOf('513221')],
    ['elsewhere', userOf('5101')],
  ]);
  service.connect({
    authenticate: (token) => Promise.resolve(tokens.get(token)),
    level: () => undefined,
    series: () => curves,
    catalogue: catalogueOf([]),
  });
  await service.start();
  server = createServer();
  service.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/wall`;
}
afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  await service.stop();
  await new Promise((resolve) => server.close(resolve));
});

function connect(auth: Record<string, unknown>, extraHeaders: Record<string, string> = {}) {
  const socket = io(url, { auth, extraHeaders, reconnection: false, forceNew: true });
  sockets.push(socket);
  const seqs: number[] = [];
  const frames: unknown[] = [];
  const snapshots: WallSnapshot[] = [];
  socket.on('event', (message) => seqs.push(WallEventMessage.parse(message).seq));
  socket.on('frame', (frame) => frames.push(frame));
  socket.on('snapshot', (snapshot) => snapshots.push(WallSnapshot.parse(snapshot)));
  const refused = new Promise<string>((resolve) => socket.on('connect_error', (error) => resolve(error.message)));
  return { socket, seqs, frames, snapshots, refused };
}
const reading = (seq: number, time: number, value: number): StoredReading => ({
  seq,
  deviceId: 'd1',
  hazardPoint: point.unifiedCode,
  channel: 'L1_LF_1',
  time,
  value,
  quality: ['spike'],
  receivedAt: clock.at,
});

describe('/wall', () => {
  it('refuses whom it does not know, takes a token or the session cookie', async () => {
    expect(await connect({ token: 'wrong' }).refused).toBe('unauthenticated');
    const byCookie = connect({}, { cookie: 'wangshan_session=county' });
    await expect.poll(() => byCookie.snapshots.length).toBe(1);
  });

  it('sends the snapshot at once, grey where nothing is known', async () => {
    const wall = connect({ token: 'county' });
    await expect.poll(() => wall.snapshots.length).toBe(1);
    expect(wall.snapshots[0]).toMatchObject({ seq: 0, warnings: [], alarms: [] });
    expect(wall.snapshots[0]?.points).toMatchObject([{ unifiedCode: point.unifiedCode, level: 'unknown', freshness: 'unknown' }]);
    expect(JSON.stringify(wall.snapshots)).not.toContain('hidden');
  });

  it('T14 replays every event after the offset, then goes on live, without gap or double', async () => {
    for (let n = 1; n <= 1_203; n += 1) await events.write({ events: [draft(`e${n}`)] });
    let during = 0;
    events.beforeAnswer = () => {
      if (during++ < 3) void events.write({ events: [draft(`during${during}`), draft(`foreign${during}`, '5101')] });
    };
    const wall = connect({ token: 'county', offset: 3 });
    await expect.poll(() => wall.seqs.length).toBe(1_203);
    await events.write({ events: [draft('last'), draft('system', '')] });
    await expect.poll(() => wall.seqs.length).toBe(1_205);
    expect(wall.snapshots[0]?.seq).toBe(3);
    expect(wall.seqs).toEqual(events.log.filter(({ seq, divisionCode }) => seq > 3 && divisionCode !== '5101').map(({ seq }) => seq));
  });

  it('starts anew for an offset it has not reached', async () => {
    await events.write({ events: [draft('e1')] });
    const wall = connect({ token: 'county', offset: 99 });
    await expect.poll(() => wall.snapshots[0]?.seq).toBe(1);
  });

  it('names a new channel in a snapshot before the first frame that uses it, at most four frames a second', async () => {
    const wall = connect({ token: 'county' });
    const binary = connect({ token: 'county', binary: true });
    const foreign = connect({ token: 'elsewhere' });
    await expect.poll(() => wall.snapshots.length + binary.snapshots.length + foreign.snapshots.length).toBe(3);
    service.show([reading(1, 5_000, 1.25)]);
    clock.at += 2_000;
    await expect.poll(() => wall.snapshots.at(-1)?.channels.length).toBe(1);
    expect(wall.snapshots.at(-1)?.values).toEqual([[0, 5_000, 1.25, 'spike']]);
    await expect.poll(() => binary.snapshots.at(-1)?.channels.length).toBe(1);
    const begun = performance.now();
    for (let n = 1; n <= 60; n += 1) {
      service.show([reading(n, 5_000 + n, n)]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await expect.poll(() => WallFrameMessage.safeParse(wall.frames.at(-1)).data?.values).toEqual([[0, 5_060, 60, 'spike']]);
    expect(wall.frames.length).toBeLessThanOrEqual(Math.ceil((performance.now() - begun) / 250) + 1);
    const bytes = binary.frames.at(-1) as Uint8Array;
    expect(decodeFrame(bytes).values).toEqual([[0, 5_060, 60, 'spike']]);
    expect(foreign.frames).toEqual([]);
    expect(foreign.snapshots.at(-1)).toMatchObject({ points: [], channels: [], devices: [] });
  });

  it('gives a wall whose transport was busy what it has missed, as soon as it takes something again', async () => {
    const watching = connect({ token: 'county' });
    // A wall over plain polling takes nothing between two questions, and this one asks only when it is told to.
    const polling = `${url.replace('/wall', '')}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1)) as { sid: string };
    await fetch(`${polling}&sid=${sid}`, { method: 'POST', body: '40/wall,{"token":"county"}' });
    let heard = '';
    const alive = (): Promise<unknown> => fetch(`${polling}&sid=${sid}`, { method: 'POST', body: '3' });
    const ask = async (): Promise<string> => {
      await alive();
      return (heard += await (await fetch(`${polling}&sid=${sid}`)).text());
    };
    service.show([reading(1, 5_000, 1)]);
    clock.at += 2_000;
    await expect.poll(ask).toContain('[0,5000,1,"spike"]');

    service.show([reading(2, 6_000, 2)]);
    const newest = (): unknown => WallFrameMessage.safeParse(watching.frames.at(-1)).data?.values;
    await expect.poll(async () => (await alive(), newest())).toEqual([[0, 6_000, 2, 'spike']]);
    expect(heard).not.toContain('[0,6000,2,"spike"]');
    await expect.poll(ask).toContain('[0,6000,2,"spike"]');
  });

  it('tells when a device comes and falls silent', async () => {
    const wall = connect({ token: 'county' });
    await expect.poll(() => wall.snapshots.length).toBe(1);
    service.show([reading(1, 5_000, 1)]);
    await service.watchDevices();
    clock.at += 3_600_000;
    await service.watchDevices();
    await service.watchDevices();
    await expect.poll(() => wall.seqs).toEqual([1, 2]);
    expect(events.log.map(({ payload }) => (payload as { state: string }).state)).toEqual(['online', 'offline']);
  });

  it('shows a standing alarm to everybody until it ends, and tells it once', async () => {
    const alarm = { code: 'no-sms', level: 'red' as const, standing: true, text: { zh: '无短信通道', en: 'no way to send SMS' } };
    await service.alarm(alarm);
    await service.alarm(alarm);
    const wall = connect({ token: 'elsewhere' });
    await expect.poll(() => wall.snapshots[0]?.alarms).toEqual([alarm]);
    await service.alarm({ ...alarm, standing: false });
    await expect.poll(() => wall.seqs).toEqual([2]);
  });

  it('keeps an alarm that has an end of its own over a restart, until then', async () => {
    const alarm = { code: 'restored', level: 'orange' as const, standing: true, text: { zh: '已恢复', en: 'restored' } };
    const until = new Date(clock.at + 60_000).toISOString();
    await service.alarm({ ...alarm, until });
    await service.alarm({ ...alarm, code: 'no-end' });
    await service.stop();
    await new Promise((resolve) => server.close(resolve));
    await begin();
    const wall = connect({ token: 'county' });
    await expect.poll(() => wall.snapshots[0]?.alarms.map(({ code }) => code)).toEqual(['restored']);
    clock.at += 60_000;
    service.endAlarms();
    await expect.poll(() => events.log.at(-1)?.payload).toMatchObject({ code: 'restored', standing: false });
  });

  it('sends a point’s state and every new sample to those who look at it, in scope, as long as they look', async () => {
    const curve = (...samples: [number, number][]): IndicatorSeries => ({
      id: 'velocity',
      deviceId: 'd1',
      channel: 'L1_LF_1',
      detector: 'velocity',
      value: null,
      unit: 'mm/d',
      at: null,
      thresholds: {},
      samples,
      thinned: false,
    });
    const state = { hazardPoint: point.unifiedCode, level: 'none', rule: { id: 'r', version: '1' } } as PointState;
    const judged = { ...state, certainty: null, confirmedLevel: 'none' as const, judgedTo: 1, eventAt: null, indicators: [], missing: [] };
    const wall = connect({ token: 'county' });
    const foreign = connect({ token: 'elsewhere' });
    const updates: PointUpdate[] = [];
    wall.socket.on('point', (update) => updates.push(PointUpdate.parse(update)));
    await expect.poll(() => wall.snapshots.length + foreign.snapshots.length).toBe(2);
    curves = [curve([1, 1], [2, 2])];
    service.judged(judged);
    expect(await foreign.socket.emitWithAck('watch', { hazardPoint: point.unifiedCode })).toMatchObject({ ok: false, code: 'not-found' });
    expect(await wall.socket.emitWithAck('watch', 7)).toMatchObject({ ok: false, code: 'invalid-request' });
    expect(await wall.socket.emitWithAck('watch', { hazardPoint: point.unifiedCode })).toEqual({ ok: true });
    curves = [curve([1, 1], [2, 2.5], [3, 3], [4, 4])];
    service.judged(judged);
    curves = [curve([1, 1], [2, 2.5], [3, 3], [4, 4], [5, 5])];
    service.judged(judged);
    await expect.poll(() => updates.length).toBe(2);
    expect(updates.map(({ series }) => series[0]?.samples)).toEqual([
      [
        [2, 2.5],
        [3, 3],
        [4, 4],
      ],
      [
        [4, 4],
        [5, 5],
      ],
    ]);
    expect(await wall.socket.emitWithAck('unwatch', { hazardPoint: point.unifiedCode })).toEqual({ ok: true });
    service.judged(judged);
    expect(await wall.socket.emitWithAck('unwatch', { hazardPoint: point.unifiedCode })).toEqual({ ok: true });
    expect(updates.length).toBe(2);
  });

  it('hears a client that asks for a point in its first moment, while the store is still being read', async () => {
    const { lastSeq } = events;
    events.lastSeq = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return lastSeq.call(events);
    };
    const { socket } = connect({ token: 'county' });
    expect(await socket.timeout(PATIENCE_MS).emitWithAck('watch', { hazardPoint: point.unifiedCode })).toEqual({ ok: true });
  });

  it('a message is an event like any other, replayed to a display that was away and told to one that is new; the first that painted it is the receipt', async () => {
    const order = { warning: 'w1', site: point.unifiedCode, level: 'red', kind: 'warning', exercise: false, text: '地灾红色预警' } as const;
    const told: string[] = [];
    let kept = false;
    service.displays.listen(async (outId) => {
      if (!kept) throw new Error('the store is away');
      told.push(outId);
    });
    const live = connect({ token: 'county' });
    const foreign = connect({ token: 'elsewhere' });
    await expect.poll(() => live.snapshots.length + foreign.snapshots.length).toBe(2);
    await service.displays.show({ ...order, outId: 'd1', validitySeconds: 180 });
    expect(service.displays.find('d1')).toEqual({ shown: false, displays: 1 });
    const fresh = connect({ token: 'county' });
    const back = connect({ token: 'county', offset: 0 });
    await expect.poll(() => [live.seqs, back.seqs, foreign.seqs]).toEqual([[1], [1], []]);
    await expect.poll(() => fresh.snapshots[0]?.messages.map(({ delivery, text }) => [delivery, text])).toEqual([['d1', '地灾红色预警']]);
    expect(foreign.snapshots[0]?.messages).toEqual([]);

    const shown = (wall: ReturnType<typeof connect>, given: unknown) => wall.socket.emitWithAck('shown', given) as Promise<unknown>;
    expect(await shown(foreign, { delivery: 'd1' })).toMatchObject({ ok: false, code: 'not-found' });
    expect(await shown(live, 'd1')).toMatchObject({ ok: false, code: 'invalid-request' });
    expect(await shown(live, { delivery: 'd1' })).toMatchObject({ ok: false, code: 'not-ready' });
    kept = true;
    expect(await shown(live, { delivery: 'd1' })).toEqual({ ok: true });
    expect(await shown(fresh, { delivery: 'd1' })).toEqual({ ok: true });
    expect(told).toEqual(['d1']);
    expect(service.displays.find('d1')).toMatchObject({ shown: true });
  });

  it('closes every namespace when it stops', async () => {
    const wall = connect({ token: 'county' });
    const ended = new Promise((resolve) => wall.socket.on('disconnect', resolve));
    await expect.poll(() => wall.snapshots.length).toBe(1);
    await service.stop();
    expect(await ended).toBe('io server disconnect');
  });
});
