import { spawn } from 'node:child_process';
import path from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RegisteredDevice } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import { createLogger, packageRoot } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { Mosquitto } from '../fakes/mosquitto.js';
import { connectExternalBroker } from './external-broker.js';
import type { ExternalBroker } from './options.js';

let broker: Mosquitto;
let field: MqttClient;
const readers: ExternalBroker[] = [];
const soon = (look: () => boolean) => until('what the broker brings', PATIENCE_MS, look);

beforeEach(async () => {
  broker = await Mosquitto.start();
  field = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId: 'A', protocolVersion: 4, reconnectPeriod: 100 });
  field.on('error', () => undefined);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.stop(0);
  await field.endAsync(true);
  await broker.stop();
});

interface Read {
  reader: ExternalBroker;
  taken: { packet: Packet; text: string; settle(error?: Error): void }[];
  states: (string | undefined)[];
}

function read(accept?: (packet: Packet) => Promise<void>): Read {
  const taken: Read['taken'] = [];
  const states: Read['states'] = [];
  const reader = connectExternalBroker({
    url: `mqtt://127.0.0.1:${broker.port}`,
    registry: { device: (id) => (id === 'A' ? ({ deviceId: id } as RegisteredDevice) : undefined) },
    clock: { now: () => 7 },
    logger: createLogger('silent'),
    idsIn: (payload) => [Buffer.from(payload).toString().split(' ')[0] ?? ''],
    accept: (packet) =>
      accept?.(packet) ??
      new Promise((resolve, reject) => {
        const settle = (error?: Error): void => (error ? reject(error) : resolve());
        taken.push({ packet, text: Buffer.from(packet.payload).toString(), settle });
      }),
    state: (away) => void states.push(away),
  });
  readers.push(reader);
  return { reader, taken, states };
}
const publish = (count: number, topic = '$dp') =>
  Promise.all(Array.from({ length: count }, (_, n) => field.publishAsync(topic, `A ${n}`, { qos: 1 })));
const texts = ({ taken }: Read) => taken.map(({ text }) => text);
const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `A ${from + n}`);

describe('an external broker (Mosquitto)', () => {
  it('brings messages of every form, with who sent them', async () => {
    const one = read();
    await soon(() => one.reader.isThere);
    for (const topic of ['$dp', '$dp/A', 'v1/devices/A/telemetry', 'v1/devices/stranger/attributes', '$crsp/A/cmd'])
      await field.publishAsync(topic, 'A 0', { qos: 1 });
    await soon(() => one.taken.length === 5);
    expect(one.taken.map(({ packet }) => [packet.deviceId, packet.topic])).toEqual([
      ['A', '$dp'],
      ['A', '$dp'],
      ['A', 'v1/devices/me/telemetry'],
      ['stranger', 'v1/devices/me/attributes'],
      ['A', '$crsp/A/cmd'],
    ]);
    expect(one.states.at(-1)).toBeUndefined();
  });

  it('has many messages under way at a time, and acknowledges none before it is accepted', async () => {
    const one = read();
    await soon(() => one.reader.isThere);
    await publish(300);
    await soon(() => one.taken.length === 300);
    for (const { settle } of one.taken.slice(0, 100).toReversed()) settle();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await one.reader.stop(0);
    // What was not accepted comes again to the next connection of the session, marked, in its order, and nothing else.
    const two = read();
    await soon(() => two.taken.length === 200);
    expect(texts(two)).toEqual(numbered(200, 100));
    expect(two.taken.every(({ packet }) => packet.dup)).toBe(true);
  });

  it('acknowledges nothing behind a message that could not be stored, and takes it again in its order', async () => {
    let refusals = 2;
    const stored: string[] = [];
    const one = read((packet) => {
      const text = Buffer.from(packet.payload).toString();
      if (text === 'A 3' && refusals-- > 0) return Promise.reject(new Error('the store is away'));
      stored.push(text);
      return Promise.resolve();
    });
    await soon(() => one.reader.isThere);
    await publish(10);
    await soon(() => stored.includes('A 3') && stored.filter((text) => text === 'A 9').length > 0 && one.reader.isThere);
    expect([...new Set(stored)].toSorted()).toEqual(numbered(10));
    expect(one.states.some((state) => state?.includes('could not be stored'))).toBe(true);
  });

  it('keeps what devices send while the station is away, and comes back when the broker does', async () => {
    const one = read();
    await soon(() => one.reader.isThere);
    await one.reader.stop();
    await publish(50);
    await broker.end();
    const two = read();
    await soon(() => two.states.some((state) => state?.includes('is away')));
    expect(two.reader.isThere).toBe(false);
    await expect(two.reader.send('$creq/A/cmd', Buffer.from('x'))).rejects.toThrow('away');
    await broker.again();
    await soon(() => two.taken.length === 50);
    expect([texts(two), two.states.at(-1)]).toEqual([numbered(50), undefined]);
  });

  it('sends commands to devices through the broker, and says when nobody is there', async () => {
    const one = read();
    await soon(() => one.reader.isThere);
    const heard: string[] = [];
    field.on('message', (topic, payload) => void heard.push(`${topic} ${payload.toString()}`));
    await expect(one.reader.send('$creq/A/cmd', Buffer.from('$cmd=sample&msgid=1'))).rejects.toThrow('not connected');
    await field.subscribeAsync('$creq/A/cmd', { qos: 1 });
    await one.reader.send('$creq/A/cmd', Buffer.from('$cmd=sample&msgid=1'));
    await soon(() => heard.length === 1);
    expect(heard).toEqual(['$creq/A/cmd $cmd=sample&msgid=1']);
  });

  it('loses nothing when the station is killed between receipt and commit', async () => {
    const { build } = (await import(new URL('../../../../scripts/lib/prepare.mjs', import.meta.url).href)) as {
      build: () => Promise<void>;
    };
    await build();
    const built = path.join(packageRoot(), 'dist/libs/broker/src/index.js');
    // The program as it is built, accepting and never storing.
    const program = `
      import { connectExternalBroker } from ${JSON.stringify(built)};
      const silent = { info() {}, warn() {}, debug() {}, error() {} };
      connectExternalBroker({
        url: 'mqtt://127.0.0.1:${broker.port}', registry: { device: () => undefined }, clock: { now: () => 1 }, logger: silent,
        idsIn: () => [], accept: () => { process.stdout.write('.'); return new Promise(() => {}); },
        state: (away) => { if (!away) process.stdout.write('!'); },
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: packageRoot(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    await soon(() => said.includes('!'));
    await publish(20);
    await soon(() => said.split('.').length - 1 === 20);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const two = read();
    await soon(() => two.taken.length === 20);
    expect(texts(two)).toEqual(numbered(20));
  });
});
