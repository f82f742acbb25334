import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildFrame, codecOf } from '#devices';
import { topics } from '#libs/contracts';
import { Intake } from '#libs/ingest';
import { AppKeys, createLogger, DataKey, enterAppKey, Health, loadCatalogue, Metrics } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { Mosquitto } from '../../../libs/broker/src/fakes/mosquitto.js';
import { fakeDevice, fakeRegistry } from '../../../libs/ingest/src/fakes/registry.js';
import { BrokerService } from './broker.service.js';

const id = '17165802';
const key = '2b7e151628aed2a6abf7158809cf4f3c';
const dataKey = new DataKey('a data key of thirty-two characters');
const registry = fakeRegistry([fakeDevice(id)]);
const time = Math.floor(Date.now() / 1000) * 1000 - 60_000;

let broker: Mosquitto;
let service: BrokerService;
let field: MqttClient;
let dir: string;
const stored: unknown[] = [];
const put: string[] = [];

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'external-'));
  broker = await Mosquitto.start();
  enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key });
  const keys = new AppKeys(dir, dataKey);
  const tools = { openEnvelope: (sealed: Parameters<AppKeys['open']>[0], at: number) => keys.open(sealed, at) };
  const intake = new Intake({ registry, catalogue: loadCatalogue(), codecOf, newId: () => 'id', tools });
  service = new BrokerService(
    { mqttPort: 0, deviceRate: 0, mqttUrl: `mqtt://127.0.0.1:${broker.port}` },
    registry,
    dataKey,
    { now: () => Date.now() },
    createLogger('silent'),
    new Metrics(),
    new Health(),
  );
  service.equip({ openEnvelope: (sealed, at) => keys.peek(sealed, at) });
  service.connect((packet) => {
    const { readings, quarantine } = intake.read(packet);
    for (const { deviceId, channel, value, quality } of readings) stored.push([deviceId, channel, value, quality]);
    for (const { reason } of quarantine) put.push(reason);
    return Promise.resolve();
  });
  stored.length = put.length = 0;
  await service.start();
  field = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId: id, protocolVersion: 4, reconnectPeriod: 0 });
  await until('the external broker', PATIENCE_MS, () => service.listens(id, topics.commandDown(id)));
});
afterEach(async () => {
  await field.endAsync(true);
  await service.stop();
  await broker.stop();
  rmSync(dir, { recursive: true });
});

function sealed(content: Record<string, unknown>, more: Record<string, string> = {}, secret = key, type: 1 | 2 = 2): string {
  const cipher = createCipheriv('aes-128-ecb', Buffer.from(secret, 'hex'), null);
  const body = Buffer.concat([cipher.update(buildFrame(type, content)), cipher.final()]).toString('base64');
  return JSON.stringify({ header: { appId: '62000001', ...more }, bodies: { body } });
}

it('takes an encrypted frame on plain $dp for the device it names, also a value without a time', async () => {
  await field.publishAsync('$dp', sealed({ [id]: { L1_LF_1: { [new Date(time).toISOString()]: 1.5 } } }), { qos: 1 });
  // With a nonce, and no time of its own: looked into first, it must not look like a replay to ingest.
  const timeless = sealed({ [id]: { L1_LF_2: 2.5 } }, { timestamp: String(Date.now()), nonce: 'n1' }, key, 1);
  await field.publishAsync('$dp', timeless, { qos: 1 });
  await until('both', PATIENCE_MS, () => stored.length === 2);
  expect([stored[0], put]).toEqual([[id, 'L1_LF_1', 1.5, []], []]);
  expect(stored[1]).toEqual([id, 'L1_LF_2', 2.5, ['time-by-server']]);
  // The same envelope again, from whoever recorded it: not taken as said now.
  await field.publishAsync('$dp', timeless, { qos: 1 });
  await until('the replay', PATIENCE_MS, () => put.length === 1);
  expect([put, stored.length]).toEqual([['replayed'], 2]);
});

it('takes none that its key does not open, and none of a device nobody registered', async () => {
  const content = { [id]: { L1_LF_1: { [new Date(time).toISOString()]: 1.5 } } };
  await field.publishAsync('$dp', sealed(content, {}, '00'.repeat(16)), { qos: 1 });
  await field.publishAsync('$dp', sealed({ stranger: { L1_LF_1: { [new Date(time).toISOString()]: 9 } } }), { qos: 1 });
  await until('both', PATIENCE_MS, () => put.length === 2);
  expect([put, stored]).toEqual([['sealed-wrong', 'foreign-device'], []]);
});

it('sends a command through the broker, and says so when the device is not there', async () => {
  const topic = topics.commandDown(id);
  const command = Buffer.from('$cmd=sample&msgid=1');
  await expect(service.send(id, topic, command)).rejects.toThrow('not connected');
  const heard: string[] = [];
  field.on('message', (_, payload) => void heard.push(payload.toString()));
  await field.subscribeAsync(topic, { qos: 1 });
  await service.send(id, topic, command);
  await until('the command', PATIENCE_MS, () => heard.length === 1);
  expect(heard).toEqual(['$cmd=sample&msgid=1']);
});
