import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFrame } from '#devices';
import { HOUR, MINUTE, SECOND, toIso, type DryRunView, type PointState, type RuleVersionView, type ShadowSummary } from '#libs/contracts';
import { packageRoot } from '#libs/platform';
import { ApiClient, County, RecordingDevice, socketTransport, StationProcess, testPassword, until } from '#libs/testing';

const point = '513221030060';
const deviceId = '8200060';
const LIMIT_MS = 30 * SECOND;

/** The built program, killed: what is tried goes on, and a dry run runs in a real thread of its own. */
describe('rules that are tried, in a station that is killed', () => {
  const station = StationProcess.create();
  let county: County;
  let device: RecordingDevice;
  let secret: string;
  let version: string;
  let clock: number;

  const start = async (): Promise<void> => {
    const ports = await station.start();
    county = new County(await ApiClient.login(`http://127.0.0.1:${ports.http}`, 'admin', testPassword));
    secret ??= await register();
    device = await RecordingDevice.connect(socketTransport(ports.mqtt), deviceId, secret);
  };
  const register = async (): Promise<string> => {
    await county.createPoint(point, { release: {} });
    return county.createDevice(deviceId, 'crack-meter', point, { interval: 600 });
  };
  const send = (...samples: readonly (readonly [at: number, value: number])[]) =>
    device.publish('$dp', buildFrame(2, { [deviceId]: { L1_LF_1: Object.fromEntries(samples.map(([at, value]) => [toIso(at), value])) } }));
  const next = (value: number) => send([(clock += 12 * SECOND), value]);
  const summary = () => county.api.get<ShadowSummary>(`/rules/reference/versions/${version}/shadow`);

  beforeAll(async () => {
    const { build } = (await import(new URL('../../../scripts/lib/prepare.mjs', import.meta.url).href)) as { build: () => Promise<void> };
    await build();
    await start();
    clock = Date.now() - 3 * MINUTE;
    await send(...Array.from({ length: 50 }, (_, minute) => [clock - (50 - minute) * MINUTE, 1 + (minute % 3) / 100] as const));
    const shipped = readFileSync(path.join(packageRoot(), 'alert-rules/reference.rules.yaml'), 'utf8');
    const text = shipped.replace('blue: 5 mm, yellow: 10 mm, orange: 20 mm', 'blue: 2 mm, yellow: 4 mm, orange: 8 mm');
    ({ version } = await county.api.post<RuleVersionView>('/rules', { text, reason: '更灵敏' }));
    await until(
      'the quiet point',
      LIMIT_MS,
      async () => (await county.api.get<PointState>(`/hazard-points/${point}/state`)).level === 'none',
    );
    await county.api.post('/rules/reference/shadow', { version, reason: '看看', until: toIso(Date.now() + HOUR) });
    await until('the shadow at the point', LIMIT_MS, async () => (await summary()).totals.points === 1);
  }, 300_000);
  afterAll(() => station.remove());

  it('a shadow that has just crossed goes on from there, and says everything once', async () => {
    await next(7.5);
    await next(7.6);
    await station.kill();
    await start();
    const crossed = await until('what the shadow says', LIMIT_MS, async () => {
      const now = await summary();
      return now.totals.next.warnings.yellow === 1 && now;
    });
    expect(crossed.items[0]?.next.changes.map(({ level, certainty }) => `${level}/${certainty ?? '-'}`)).toEqual([
      'none/-',
      'yellow/awaiting-persistence',
      'yellow/confirmed',
    ]);
    expect(crossed.shadow.endedAt).toBeNull();
    await next(16);
    await station.kill();
    await start();
    await next(16.1);
    const risen = await until('the shadow on orange', LIMIT_MS, async () => {
      const now = await summary();
      return now.totals.next.warnings.orange === 1 && now;
    });
    expect(risen.items[0]?.next.changes.map(({ level, certainty }) => `${level}/${certainty ?? '-'}`)).toEqual([
      'none/-',
      'yellow/awaiting-persistence',
      'yellow/confirmed',
      'orange/awaiting-persistence',
      'orange/confirmed',
    ]);
  });

  it('a dry run that was broken off is begun again, in its own thread', async () => {
    const asked = await county.api.post<DryRunView>('/rules/reference/dry-run', { version, days: 2 });
    await station.kill();
    await start();
    const run = await until('the finished run', LIMIT_MS, async () => {
      const now = await county.api.get<DryRunView>(asked.statusUrl.replace('/api/v1', ''));
      return now.finishedAt !== null && now;
    });
    expect(run).toMatchObject({ state: 'done', fault: null, totals: { pointsChanged: 1, warningsMore: { orange: 1 } } });
    expect(run.items[0]?.readings).toBe(54);
  });

  it('ends cleanly', async () => {
    await device.disconnect();
    expect(await station.interrupt()).toBe('0');
  });
});
