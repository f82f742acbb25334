import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND, toIso, type DryRunView, type PointState, type RuleVersionView, type ShadowSummary } from '#libs/contracts';
import { packageRoot } from '#libs/platform';
import { PATIENCE_MS, type RecordingDevice, until } from '#libs/testing';
import { Meters } from '../outside/meters.js';
import type { Sample } from '../outside/readings.js';
import { WatchedStation } from '../outside/watched-station.js';

const point = '513221030060';
const deviceId = '8200060';

/** The built program, killed: what is tried goes on, and a dry run runs in a real thread of its own. */
describe('rules that are tried, in a station that is killed', () => {
  const station = new WatchedStation();
  const meters = new Meters(station);
  let device: RecordingDevice;
  let version: string;
  let clock: number;

  const restart = async (): Promise<void> => {
    await station.kill();
    await station.start();
    device = await meters.connect(deviceId);
  };
  const send = (...samples: readonly Sample[]) => meters.publish(device, deviceId, samples);
  const next = (value: number) => send([(clock += 12 * SECOND), value]);
  const summary = () => station.county.api.get<ShadowSummary>(`/rules/reference/versions/${version}/shadow`);

  beforeAll(async () => {
    await station.start();
    const { county } = station;
    await county.createPoint(point, { release: {} });
    await meters.register(deviceId, point, { interval: 600 });
    device = await meters.connect(deviceId);
    clock = Date.now() - 3 * MINUTE;
    await send(...Array.from({ length: 50 }, (_, minute) => [clock - (50 - minute) * MINUTE, 1 + (minute % 3) / 100] as const));
    const shipped = readFileSync(path.join(packageRoot(), 'alert-rules/reference.rules.yaml'), 'utf8');
    const text = shipped.replace('blue: 5 mm, yellow: 10 mm, orange: 20 mm', 'blue: 2 mm, yellow: 4 mm, orange: 8 mm');
    ({ version } = await county.api.post<RuleVersionView>('/rules', { text, reason: '更灵敏' }));
    await until(
      'the quiet point',
      PATIENCE_MS,
      async () => (await county.api.get<PointState>(`/hazard-points/${point}/state`)).level === 'none',
    );
    await county.api.post('/rules/reference/shadow', { version, reason: '看看', until: toIso(Date.now() + HOUR) });
    await until('the shadow at the point', PATIENCE_MS, async () => (await summary()).totals.points === 1);
  });
  afterAll(() => station.remove());

  it('a shadow that has just crossed goes on from there, and says everything once', async () => {
    await next(7.5);
    await next(7.6);
    await restart();
    const crossed = await until('what the shadow says', PATIENCE_MS, async () => {
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
    await restart();
    await next(16.1);
    const risen = await until('the shadow on orange', PATIENCE_MS, async () => {
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
    const asked = await station.county.api.post<DryRunView>('/rules/reference/dry-run', { version, days: 2 });
    await restart();
    const run = await until('the finished run', PATIENCE_MS, async () => {
      const now = await station.county.api.get<DryRunView>(asked.statusUrl.replace('/api/v1', ''));
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
