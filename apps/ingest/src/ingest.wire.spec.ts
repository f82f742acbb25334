import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildFrame } from '#devices';
import { secretOf, startEdge, type Edge } from './fakes/edge.js';

const id = '17165802';
let edge: Edge;
let clients: MqttClient[];

beforeEach(async () => {
  edge = await startEdge();
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)));
  await edge.stop();
});

async function connect(options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${edge.broker.port}`, {
    clientId: id,
    username: id,
    password: secretOf(id),
    reconnectPeriod: 50,
    ...options,
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}
const frame = (content: unknown, type: 1 | 2 = 2): Buffer => Buffer.from(buildFrame(type, content));
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const quiet = () => new Promise((resolve) => setTimeout(resolve, 60));
const stored = () => edge.store.readings.map(({ channel, value }) => [channel, value]);
const reasons = () => edge.store.quarantine.map(({ reason }) => reason);

describe('a device on real MQTT', () => {
  it('gets PUBACK after the commit, and the readings are announced in the order of seq', async () => {
    const client = await connect();
    const open = edge.store.hold();
    let acknowledged = false;
    const published = client
      .publishAsync('$dp', frame({ [id]: { L1_LF_1: { [ago(2000)]: 1, [ago(1000)]: 2 } } }), { qos: 1 })
      .then(() => (acknowledged = true));
    await quiet();
    expect([acknowledged, edge.store.readings.length]).toEqual([false, 0]);
    open();
    await published;
    expect(stored()).toEqual([['L1_LF_1', 1], ['L1_LF_1', 2]]); // prettier-ignore
    await expect.poll(() => edge.announced.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it.each<[string, Buffer, string]>([
    ['a frame cut short', frame({ [id]: { L1_LF_1: { [ago(0)]: 1 } } }).subarray(0, -4), 'unreadable-frame'],
    ['no JSON', Buffer.from('hello'), 'unreadable-json'],
    ['an empty payload', Buffer.alloc(0), 'unreadable-frame'],
    ['random bytes', Buffer.from([0xff, 0x00, 0x12, 0xfe]), 'unreadable-json'],
    ['a foreign id', frame({ '99999999': { L1_LF_1: { [ago(0)]: 1 } } }), 'foreign-device'],
    ['an unknown code', frame({ [id]: { L9_XX_1: { [ago(0)]: 1 } } }), 'unknown-code'],
    ['a bad time', frame({ [id]: { L1_LF_1: { '2026-02-30T00:00:00Z': 1 } } }), 'bad-time'],
    ['a clock an hour ahead', frame({ [id]: { L1_LF_1: { [ago(-3_600_000)]: 1 } } }), 'clock-ahead'],
  ])('%s is acknowledged and quarantined with its bytes; the connection lives on', async (_, payload, reason) => {
    const client = await connect({ reconnectPeriod: 0 });
    await client.publishAsync('$dp', payload, { qos: 1 });
    expect(reasons()).toEqual([reason]);
    expect(Buffer.from(edge.store.quarantine[0]?.payload ?? []).equals(payload)).toBe(true);
    await client.publishAsync('$dp', frame({ [id]: { L1_LF_1: { [ago(0)]: 5 } } }), { qos: 1 });
    expect(stored()).toEqual([['L1_LF_1', 5]]);
    expect(client.connected).toBe(true);
  });

  it('keeps the good part of a frame and a registered child, and quarantines the rest', async () => {
    const client = await connect();
    const time = ago(1000);
    await client.publishAsync(
      '$dp',
      frame({ [id]: { L1_LF_1: { [time]: 1 } }, '17165803': { L1_LF_1: { [time]: 2 } }, '99999999': { L1_LF_1: { [time]: 3 } } }),
      { qos: 1 },
    );
    expect(edge.store.readings.map(({ deviceId, value }) => [deviceId, value])).toEqual([[id, 1], ['17165803', 2]]); // prettier-ignore
    expect(reasons()).toEqual(['foreign-device']);
  });

  it('speaks the JSON topics, also with the secret as username', async () => {
    const client = await connect({ clientId: 'anything', username: secretOf(id), password: '' });
    const ts = Date.now() - 400_000;
    await client.publishAsync(
      'v1/devices/me/telemetry',
      JSON.stringify([
        { ts, values: { L3_YL_1: 1 } },
        { ts: ts + 1000, values: { L3_YL_1: 2 } },
      ]),
      { qos: 1 },
    );
    await client.publishAsync('v1/devices/me/telemetry', '{"L1_LF_1":3}', { qos: 1 });
    await client.publishAsync('v1/devices/me/attributes', '{"battery":88,"firmware":"1.2"}', { qos: 1 });
    expect(edge.store.readings.map(({ channel, value, quality }) => [channel, value, quality])).toEqual([
      ['L3_YL_1', 1, ['late']],
      ['L3_YL_1', 2, ['late']],
      ['L1_LF_1', 3, ['time-by-server']],
      ['S1_ZT_1.battery_dump_energy', 88, ['time-by-server']],
    ]);
  });

  it('takes QoS 2 and a payload of a megabyte', async () => {
    const client = await connect();
    const items = Array.from({ length: 18_000 }, (_, n) => ({ ts: Date.now() - 1_000_000 + n, values: { L1_LF_1: n } }));
    const payload = JSON.stringify(items);
    expect(payload.length).toBeGreaterThan(750_000);
    await client.publishAsync('v1/devices/me/telemetry', payload, { qos: 2 });
    expect(await edge.metrics.text()).toContain('wangshan_ingest_readings_stored_total 18000');
  });

  it('sends again what was not stored, and it is stored once', async () => {
    const client = await connect();
    edge.store.away = true;
    const published = client.publishAsync('$dp', frame({ [id]: { L1_LF_1: { [ago(0)]: 7 } } }), { qos: 1 });
    await expect.poll(() => edge.health.report()['ingest']?.status).toBe('degraded');
    edge.store.away = false;
    await published;
    await quiet();
    expect(stored()).toEqual([['L1_LF_1', 7]]);
    await expect.poll(() => edge.health.report()['ingest']?.status).toBe('ok');
  });
});

const untimed = (dup: boolean) => ({
  deviceId: id,
  topic: 'v1/devices/me/telemetry',
  payload: Buffer.from('{"L1_LF_1":1}'),
  dup,
  receivedAt: Date.now(),
});

describe('resends without a device time', () => {
  it('are dropped when the first was stored, taken when it was not; without DUP they are new values', async () => {
    edge.store.away = true;
    await expect(edge.ingest.accept(untimed(false))).rejects.toThrow('the store is away');
    edge.store.away = false;
    await edge.ingest.accept(untimed(true));
    await edge.ingest.accept(untimed(true));
    expect(edge.store.readings).toHaveLength(1);
    await edge.ingest.accept(untimed(false));
    expect(edge.store.readings).toHaveLength(2);
  });
});

it('accepts nothing before start and after stop, and drains what it accepted', async () => {
  const packet = { deviceId: id, topic: '$dp', payload: frame({ [id]: { L1_LF_1: { [ago(0)]: 1 } } }), dup: false, receivedAt: Date.now() };
  const accepted = edge.ingest.accept(packet);
  await edge.ingest.stop();
  await accepted;
  expect(edge.announced).toHaveLength(1);
  await expect(edge.ingest.accept(packet)).rejects.toThrow('not running');
});

it('says degraded when a stage fails on stored readings, and still acknowledges', async () => {
  edge.bus.listen('broken', 'readings.stored', () => Promise.reject(new Error('evaluate broke')));
  const client = await connect();
  await client.publishAsync('$dp', frame({ [id]: { L1_LF_1: { [ago(0)]: 1 } } }), { qos: 1 });
  await expect.poll(() => edge.health.report()['ingest']?.status).toBe('degraded');
});
