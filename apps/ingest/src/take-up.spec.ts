import { expect, it } from 'vitest';
import { Intake, type PrimingReading, type RecentReadings } from '#libs/ingest';
import { createLogger, Metrics } from '#libs/platform';
import { fakeDevice, fakeRegistry } from '../../../libs/ingest/src/fakes/registry.js';
import { tinyCatalogue, tinyCodec } from '../../../libs/ingest/src/fakes/tiny-codec.js';
import { GapWatch } from './gap-watch.js';
import { takeUp } from './take-up.js';

const minute = 60_000;
const now = Date.parse('2026-07-01T12:00:00Z');

it('gaps are looked for only where the past of every channel reaches; flags go on with the rest', async () => {
  const registry = fakeRegistry([fakeDevice('A')]);
  const at = (channel: string, minutesAgo: readonly number[]): PrimingReading[] =>
    minutesAgo.map((ago) => ({ deviceId: 'A', channel, time: now - ago * minute, value: ago, quality: [] }));
  // Hourly beside one a minute: nine samples of the one are nine hours, of the other nine minutes, with one missing.
  const portions = [
    at('L1_LF_1', [540, 480, 420, 360, 300, 240, 180, 120, 60]),
    at('L3_YL_1.totalValue', [9, 8, 7, 6, 5, 4, 3, 1, 0]).map((each) => ({ ...each, value: 100 })),
  ];
  const recent: RecentReadings = {
    async *recent() {
      for (const portion of portions) yield await Promise.resolve(portion);
    },
  };
  const saved: string[] = [];
  const log = {
    open: () => Promise.resolve([]),
    save: (gaps: readonly { from: number; to: number }[]) => {
      saved.push(...gaps.map(({ from, to }) => `${(now - from) / minute}–${(now - to) / minute}`));
      return Promise.resolve();
    },
  };
  const gaps = new GapWatch({ log, registry, logger: createLogger('silent'), metrics: new Metrics() });
  const intake = new Intake({ registry, catalogue: tinyCatalogue, codecOf: () => tinyCodec, newId: () => 'q' });
  await takeUp(recent, intake, gaps, registry, now);
  await gaps.stop();
  expect(saved).toEqual(['3–1']);
  const payload = new TextEncoder().encode(`A L3_YL_1.totalValue ${now + minute} 2`);
  expect(intake.read({ deviceId: 'A', topic: '$dp', payload, dup: false, receivedAt: now + minute }).readings[0]?.quality).toEqual([
    'reset',
  ]);
});
