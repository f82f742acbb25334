import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { buildHj212, buildSl651, codecOf } from '#devices';
import type { HazardPoint, RegisteredDevice, RegistryView } from '#libs/contracts';
import { Intake, type Packet } from '#libs/ingest';
import { createLogger, DataKey, Health, linkPassword, loadCatalogue, Metrics } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { BrokerService } from './broker.service.js';

const dataKey = new DataKey('a data key of thirty-two characters');
const secretHash = dataKey.deviceSecretHash('secret');
const device = (deviceId: string, profile: string) =>
  ({ deviceId, profile, hazardPoint: 'P00001', interval: 3600, secretHash }) as RegisteredDevice;
const mn = '010000A8900016F000169DC0';
const devices = new Map([device('12345678', 'sl651-station'), device(mn, 'mine-environment')].map((each) => [each.deviceId, each]));
const registry = {
  device: (id: string) => devices.get(id),
  point: (code: string) => (code === 'P00001' ? ({ unifiedCode: code } as HazardPoint) : undefined),
} as unknown as RegistryView;

const services: BrokerService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
});

function serviceWith(config: { sl651Port?: number; hj212Port?: number }, handle: (packet: Packet) => Promise<void>) {
  const metrics = new Metrics();
  const clock = { now: () => Date.now() };
  const service = new BrokerService(
    { mqttPort: 0, deviceRate: 0, ...config },
    registry,
    dataKey,
    clock,
    createLogger('silent'),
    metrics,
    new Health(),
  );
  service.connect(handle);
  services.push(service);
  return { service, metrics };
}

async function say(port: number | undefined, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect({ port: port ?? 0, host: '127.0.0.1' });
  let heard = Buffer.alloc(0);
  socket.on('data', (chunk) => (heard = Buffer.concat([heard, chunk])));
  socket.write(bytes);
  await until('an answer', PATIENCE_MS, () => heard.length > 0);
  socket.destroy();
  return heard;
}

const stamp = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().replaceAll(/\D/g, '').slice(2, 14);

it('turns what stations say over TCP into readings, answers them, shows the ports and counts', async () => {
  const intake = new Intake({ registry, catalogue: loadCatalogue(), codecOf, newId: () => 'id' });
  const readings: unknown[] = [];
  const { service, metrics } = serviceWith({ sl651Port: 0, hj212Port: 0 }, async (packet) => {
    for (const { deviceId, channel, value } of intake.read(packet).readings) readings.push([deviceId, channel, value]);
  });
  const { links } = await service.start();
  expect(links.map(({ name, protocol }) => [name, protocol])).toEqual([
    ['sl651', 'sl651'],
    ['hj212', 'hj212'],
  ]);
  const station = { station: '0012345678', centre: 1, password: linkPassword(secretHash, 'sl651') };
  const body = Buffer.from(`0001${stamp()}F1F1001234567850F0F0${stamp().slice(0, 10)}2619000123`, 'hex');
  const answer = await say(links[0]?.port, buildSl651(station, { afn: 0x32, end: 3, body }));
  expect(answer.subarray(0, 8).toString('hex')).toBe('7e7e001234567801');
  const data = `QN=20260314060000123;ST=22;CN=2011;PW=${linkPassword(secretHash, 'hj212')};MN=${mn};Flag=5;CP=&&DataTime=20${stamp()};a34001-Rtd=0.35,a34001-Flag=N&&`;
  expect((await say(links[1]?.port, buildHj212(data))).toString()).toContain('CN=9014');
  expect(readings).toEqual([
    ['12345678', 'L3_YL_1.totalValue', 12.3],
    [mn, 'M1_A34001_1', 0.35],
  ]);
  const text = await metrics.text();
  expect(text).toContain('wangshan_broker_link_messages_total{protocol="sl651"} 1');
  expect(text).toContain('wangshan_broker_link_notices_total{protocol="hj212",kind="connected"} 1');
});

it('opens none unasked, and names the variable of a port that is taken', async () => {
  const first = serviceWith({ hj212Port: 0 }, () => Promise.resolve()).service;
  const [link] = (await first.start()).links;
  expect(link?.name).toBe('hj212');
  await expect(serviceWith({ sl651Port: link?.port ?? 0 }, () => Promise.resolve()).service.start()).rejects.toThrow(
    /WANGSHAN_SL651_PORT.*EADDRINUSE/,
  );
});
