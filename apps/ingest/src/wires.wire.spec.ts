import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildFileFrame, buildFrame } from '#devices';
import { AppKeys, DataKey, enterAppKey } from '#libs/platform';
import { buildTci } from '../../../devices/beidou/bds3.js';
import { encodeAlarm } from '../../../devices/beidou/alarm.js';
import { fakeDevice } from '../../../libs/ingest/src/fakes/registry.js';
import { secretOf, startEdge, type Edge } from './fakes/edge.js';

const id = '17165802';
const child = '17165803';
const station = '17165805';
const key = '2b7e151628aed2a6abf7158809cf4f3c';
const dataKey = new DataKey('a data key of thirty-two characters');
/** Whole seconds, and recent: what is older than some minutes is late. */
const time = Math.floor(Date.now() / 1000) * 1000 - 60_000;

let edge: Edge;
let dir: string;
const clients: MqttClient[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wires-'));
  edge = await startEdge([
    fakeDevice(station, {
      profile: 'gnss',
      secretHash: dataKey.deviceSecretHash(secretOf(station)),
      baselines: [{ since: '2026-01-01T00:00:00Z', origin: { latitude: 31.4, longitude: 103.5, height: 2100 } }],
    }),
  ]);
  const keys = new AppKeys(dir, dataKey);
  edge.ingest.equip({ openEnvelope: (sealed, at) => keys.open(sealed, at) });
  await edge.ingest.start();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  await edge.stop();
  rmSync(dir, { recursive: true });
});

async function publish(deviceId: string, topic: string, payload: Uint8Array | string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${edge.broker.port}`, {
    clientId: deviceId,
    username: deviceId,
    password: secretOf(deviceId),
    reconnectPeriod: 0,
  });
  clients.push(client);
  await client.publishAsync(topic, Buffer.from(payload), { qos: 1 });
  return client;
}
const stored = () => edge.store.readings.map(({ deviceId, channel, time: at, value }) => [deviceId, channel, at, value]);
const put = () => edge.store.quarantine.map(({ reason, detail }) => [reason, detail]);

/** A sentence with its checksum. */
function sentence(body: string): string {
  let sum = 0;
  for (const char of body) sum ^= char.charCodeAt(0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}
const two = (part: number): string => String(part).padStart(2, '0');

describe('over real MQTT', () => {
  it('an encrypted frame is acknowledged and quarantined without its key, and stored with it', async () => {
    const cipher = createCipheriv('aes-128-ecb', Buffer.from(key, 'hex'), null);
    const frame = buildFrame(2, { [id]: { L1_LF_1: { [new Date(time).toISOString()]: 1.5 } } });
    const body = Buffer.concat([cipher.update(frame), cipher.final()]).toString('base64');
    const envelope = JSON.stringify({ header: { appId: '62000001', algorithm: 'AES', timestamp: String(time) }, bodies: { body } });
    enterAppKey(dir, dataKey, 'another', { cipher: 'aes', mode: 'ecb', key });
    await publish(id, '$dp', envelope);
    expect([stored(), put().map(([reason]) => reason)]).toEqual([[], ['unknown-app']]);
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key });
    const keys = new AppKeys(dir, dataKey);
    edge.ingest.equip({ openEnvelope: (sealed, at) => keys.open(sealed, at) });
    await edge.ingest.start();
    await publish(id, '$dp', envelope);
    expect(stored()).toEqual([[id, 'L1_LF_1', time, 1.5]]);
  });

  it('a picture is kept whole in quarantine, with its hash', async () => {
    const picture = new Uint8Array(20_000).fill(7);
    await publish(id, '$dp', buildFileFrame({ [id]: { camera: { name: '1.jpg' } } }, picture));
    expect(put()[0]?.[0]).toBe('file-frame');
    expect(put()[0]?.[1]).toMatch(/^20000 bytes, SHA-256 [0-9a-f]{64}, descriptor/);
    expect(edge.store.quarantine[0]?.payload.length).toBeGreaterThan(20_000);
  });

  it('NMEA of a GNSS station becomes displacement from its baseline, a float solution flagged', async () => {
    const at = new Date(time);
    const clock = `${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}.00`;
    const date = `${two(at.getUTCDate())}${two(at.getUTCMonth() + 1)}${two(at.getUTCFullYear() % 100)}`;
    const gga = (quality: string) => sentence(`GNGGA,${clock},3124.000072,N,10329.999922,E,${quality},18,0.7,2149.95,M,-50.00,M,1.0,0001`);
    const rmc = sentence(`GNRMC,${clock},A,3124.000072,N,10329.999922,E,0.0,0.0,${date},,,A`);
    const client = await publish(station, 'v1/devices/me/gnss', gga('4') + rmc);
    expect(stored()).toEqual([
      [station, 'L1_GP_1.gpsTotalX', time, 133.096],
      [station, 'L1_GP_1.gpsTotalY', time, -123.675],
      [station, 'L1_GP_1.gpsTotalZ', time, -50],
    ]);
    await client.publishAsync('v1/devices/me/gnss', Buffer.from(rmc + gga('1')), { qos: 1 });
    expect(put().map(([reason]) => reason)).toEqual(['no-fix']);
    expect(client.connected).toBe(true);
  });

  it('a packed alarm reaches the device behind the satellite, and no other', async () => {
    const alarm = (device: number) => encodeAlarm({ device, time, code: 'L1_LF_1', values: { value: 12.75 }, battery: 93 });
    const client = await publish(id, 'v1/gateway/beidou', buildTci(4204986, 4204990, '060000', alarm(Number(child))));
    expect(stored()).toEqual([
      [child, 'L1_LF_1', time, 12.75],
      [child, 'S1_ZT_1.battery_dump_energy', time, 93],
    ]);
    await client.publishAsync('v1/gateway/beidou', Buffer.from(buildTci(1, 2, '060000', alarm(99_999_999))), { qos: 1 });
    expect(put().map(([reason]) => reason)).toEqual(['foreign-device']);
  });

  it('a ThingsBoard gateway connects a child, and speaks for it', async () => {
    const client = await publish(id, 'v1/gateway/connect', JSON.stringify({ device: child }));
    await client.publishAsync('v1/devices/me/attributes/request/1', '{"sharedKeys":"a"}', { qos: 1 });
    await client.publishAsync('v1/gateway/telemetry', JSON.stringify({ [child]: [{ ts: time, values: { L1_LF_1: 4 } }] }), { qos: 1 });
    expect([stored(), put(), client.connected]).toEqual([[[child, 'L1_LF_1', time, 4]], [], true]);
  });
});
