import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nationalCodec } from '#devices';
import { createEmbeddedBroker } from '#libs/broker';
import { topics, type RegisteredDevice, type RegistryView } from '#libs/contracts';
import { createLogger, DataKey } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { contextOf } from '../../../devices/fakes/shipped.js';
import { DeviceLink } from './device-link.js';
import { Firmware } from './firmware.js';
import { runLive } from './live-device.js';

const dataKey = new DataKey('a data key of thirty-two characters');
const device = { deviceId: '17165802', secretHash: dataKey.deviceSecretHash('secret') } as RegisteredDevice;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a simulated device in real time', () => {
  let broker: Awaited<ReturnType<typeof createEmbeddedBroker>>;
  let values: number[];
  let answers: string[];
  const abort = new AbortController();

  beforeEach(async () => {
    [values, answers] = [[], []];
    broker = await createEmbeddedBroker({
      port: 0,
      deviceRate: 0,
      registry: { device: () => device } as unknown as RegistryView,
      dataKey,
      clock: { now: () => Date.now() },
      logger: createLogger('silent'),
      accept: async ({ topic, payload }) => {
        if (topic === topics.nationalUp) values.push(...nationalCodec(payload, contextOf('crack-meter')).samples.map(({ value }) => value));
        else answers.push(new TextDecoder().decode(payload));
      },
    });
  });
  afterEach(() => broker.stop());

  it('uploads, answers a command on the wire, and uploads at once when it is told to be denser', async () => {
    const link = new DeviceLink(
      `mqtt://127.0.0.1:${broker.port}`,
      '17165802',
      'secret',
      new Firmware({ uploadInterval: 3600, plusInterval: 60 }),
    );
    const sensor = { device: '17165802', interval: 3600, sensor: 'L1_LF_1', value: () => values.length };
    const running = runLive(link, sensor, Date.now(), Date.now, abort.signal);
    await until('the first sample', PATIENCE_MS, () => values.length === 1);
    await until('the device to listen', PATIENCE_MS, () => broker.listens('17165802', topics.commandDown('17165802')));
    await broker.send('17165802', topics.commandDown('17165802'), bytes('$cmd=setsensortime&upload_intv=1&msgid=1'));
    await until('a sample at once', PATIENCE_MS, () => values.length === 2);
    expect(answers).toEqual(['$cmd=setsensortime&result=succ&msgid=1']);
    await broker.send('17165802', topics.commandDown('17165802'), bytes('$cmd=sample&msgid=2'));
    await until('a sample because it was asked for', PATIENCE_MS, () => values.length === 3);
    expect(link.firmware.interval).toBe(60);
    abort.abort();
    await running;
    await link.close();
  });
});
