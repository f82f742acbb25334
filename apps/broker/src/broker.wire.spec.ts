import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mqtt from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { RegisteredDevice, RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import { createLogger, DataKey, Health, Metrics } from '#libs/platform';
import { BrokerService } from './broker.service.js';

const dataKey = new DataKey('a data key of thirty-two characters');
const device = { deviceId: 'A', secretHash: dataKey.deviceSecretHash('secret') } as RegisteredDevice;
const registry = { device: (id: string) => (id === 'A' ? device : undefined) } as RegistryView;
const services: BrokerService[] = [];

function serviceOn(mqttPort: number, tls: { mqttsPort?: number; dataDir?: string; tlsClientCa?: string } = {}) {
  const health = new Health();
  const metrics = new Metrics();
  const service = new BrokerService(
    { mqttPort, deviceRate: 0, ...tls },
    registry,
    dataKey,
    { now: () => Date.now() },
    createLogger('silent'),
    metrics,
    health,
  );
  services.push(service);
  return { service, health, metrics };
}
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

describe('broker stage', () => {
  it('hands messages on, counts them, and says who is connected', async () => {
    const { service, health, metrics } = serviceOn(0);
    const taken: Packet[] = [];
    service.connect((packet) => {
      taken.push(packet);
      return Promise.resolve();
    });
    const { port } = await service.start();
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'A', username: 'A', password: 'secret' });
    await client.publishAsync('$dp', 'x', { qos: 1 });
    expect(taken.map(({ deviceId, topic }) => [deviceId, topic])).toEqual([['A', '$dp']]);
    expect(service.connected('A')).toBe(true);
    expect(health.report()['broker']?.status).toBe('ok');
    expect(await metrics.text()).toContain('wangshan_broker_messages_total 1');
    await client.endAsync();
    await service.stop();
    expect(health.report()['broker']?.status).toBe('down');
  });

  it('opens a second port with TLS and the certificate of the station, and names the file of a CA that is not there', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'wangshan-mqtts-'));
    try {
      const { service } = serviceOn(0, { mqttsPort: 0, dataDir });
      service.connect(() => Promise.resolve());
      const { tlsPort } = await service.start();
      const ca = readFileSync(path.join(dataDir, 'tls/ca.crt'));
      const options = { clientId: 'A', username: 'A', password: 'secret', ca };
      const client = await mqtt.connectAsync(`mqtts://localhost:${tlsPort}`, options);
      await client.publishAsync('$dp', 'x', { qos: 1 });
      await client.endAsync();
      const wrong = serviceOn(0, { mqttsPort: 0, dataDir, tlsClientCa: '/nowhere.pem' }).service;
      wrong.connect(() => Promise.resolve());
      await expect(wrong.start()).rejects.toThrow(/WANGSHAN_TLS_CLIENT_CA: \/nowhere.pem can't be read/);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('names the variable when the port is taken, and refuses to start unconnected', async () => {
    const first = serviceOn(0).service;
    await expect(first.start()).rejects.toThrow('before it was connected');
    first.connect(() => Promise.resolve());
    const { port } = await first.start();
    const second = serviceOn(port).service;
    second.connect(() => Promise.resolve());
    await expect(second.start()).rejects.toThrow(new RegExp(`MQTT port ${port} is in use.*WANGSHAN_MQTT_PORT`));
  });
});
