import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { SystemAlarm } from '#libs/contracts';
import { createLogger, Health, Metrics } from '#libs/platform';
import type { FailoverState, FailoverStore } from '#libs/store';
import { watchDatabase } from './database.js';

const state: FailoverState = {
  mode: 'up',
  since: 0,
  why: '',
  readings: { records: 0, readings: 0, bytes: 0, oldestAt: undefined, full: false },
  deliveries: 0,
  refused: 0,
};
let now: FailoverState;
let changed: () => void;
let told: string[];
let health: Health;
let metrics: Metrics;
let archiveFault: string | undefined;
let stop: () => Promise<void>;

beforeEach(() => {
  now = state;
  told = [];
  archiveFault = undefined;
  health = new Health();
  metrics = new Metrics();
  stop = start();
});
afterEach(() => stop());

function start(): () => Promise<void> {
  const failover = { state: () => now, onMode: (listener: (next: FailoverState) => void) => (changed = () => listener(now)) };
  return watchDatabase({
    store: { failover, archive: { state: async () => ({ fault: archiveFault }) } } as unknown as FailoverStore,
    health,
    metrics,
    logger: createLogger('silent'),
    now: () => 10_000,
    alarm: async ({ code, standing }: SystemAlarm) => void told.push(`${code} ${standing}`),
  });
}

it('says an outage and its end once each, in order, and how much waits', async () => {
  expect(health.report().store?.status).toBe('ok');
  now = { ...state, mode: 'away', why: 'gone', readings: { ...state.readings, records: 1, readings: 3, bytes: 2_048, oldestAt: 4_000 } };
  changed();
  changed();
  expect(health.report().store).toMatchObject({
    status: 'degraded',
    detail: expect.stringMatching(/3 readings \(2 KiB\).*gone/) as string,
  });
  expect(await metrics.text()).toMatch(/wangshan_store_journal_oldest_seconds 6\n/);
  now = { ...now, mode: 'draining' };
  changed();
  now = state;
  changed();
  await stop();
  expect(told).toEqual(['database-away true', 'database-away false']);
});

it('a full journal is an alarm of its own, and the station is not ready', async () => {
  now = { ...state, mode: 'away', readings: { ...state.readings, full: true } };
  changed();
  await stop();
  expect(told).toEqual(['database-away true', 'journal-full true']);
  expect(health.report().store?.status).toBe('down');
});

it('what the database refuses of the journal is counted, and an alarm until somebody has dropped it', async () => {
  now = { ...state, refused: 2 };
  changed();
  expect(await metrics.text()).toMatch(/wangshan_store_journal_refused_records 2\n/);
  expect(health.report().store?.status).toBe('ok');
  await stop();
  expect(told).toEqual(['journal-refused true']);
});

it('a log that can not be archived is an alarm and a degraded store, until it can again', async () => {
  await stop();
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  archiveFault = '0001 since yesterday';
  metrics = new Metrics();
  const watching = start();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(health.report().store).toMatchObject({ status: 'degraded', detail: expect.stringContaining('0001 since yesterday') as string });
  archiveFault = undefined;
  await vi.advanceTimersByTimeAsync(40_000);
  expect(health.report().store?.status).toBe('ok');
  await watching();
  expect(told).toEqual(['archive-failing true', 'archive-failing false']);
});
