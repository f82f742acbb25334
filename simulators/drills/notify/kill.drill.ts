import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromIso, SECOND, WarningLevel, type GatewayMessage } from '#libs/contracts';
import { messageTemplates } from '#libs/notify';
import { PATIENCE_MS, until } from '#libs/testing';
import { startGatewaySimulator, type GatewaySimulator } from '#simulators/gateways';
import { dataKey, OutboxCounty, sign } from '../../../bench/notify/county.js';
import { Workers } from '../../../bench/notify/workers.js';
import { buildProgram } from '../outside/build.js';

/** Messages of a run; the long form has 30,000 (`npm run drill -- notify`). */
const MESSAGES = Number(process.env['NOTIFY_MESSAGES'] ?? 1_000);
const LEVEL = WarningLevel.parse(process.env['NOTIFY_LEVEL'] ?? 'red');
/** By how much the vendor's query lags where it lags. */
const LAG_SECONDS = Number(process.env['NOTIFY_LAG'] ?? 3);
/** What lags less makes nobody hear the same twice: red asks until +6 s at least, everything else until +60 s (docs/reliability.md). */
const ASKED_FOR_SECONDS = LEVEL === 'red' ? 6 : 60;
/** How long the first of two vendors refuses everything; only by command. */
const AWAY_SECONDS = Number(process.env['NOTIFY_AWAY'] ?? 0);
const KILL_EVERY_MS = 700;
const FIRST_KILL_MS = 100;
/** Numbers whose messages are taken and whose answers are lost: two of a hundred. */
const LOST = ['04', '54'];
/** Shorter than the station's, so that a short run sees leases end: a request is given up well before them. */
const lease = { leaseMs: 4_000, requestMs: 2_500 };
/** A run with its kills, on a machine that does other work. */
const RUN_LIMIT_MS = Number(process.env['NOTIFY_PATIENCE'] ?? 300) * SECOND;

interface Run {
  /** At the vendor: messages, and those it took more than once. */
  unique: number;
  duplicated: number;
  /** Of those, what it had taken so soon after it was handed over that the questions about it could see it. */
  askedInVain: number;
  most: number;
}

describe('workers killed under load', () => {
  let county: OutboxCounty;
  beforeAll(async () => {
    await buildProgram({ dashboard: false });
    county = await OutboxCounty.start();
    county.postgres.keepRunning();
  });
  afterAll(() => county.remove());

  const post = async (vendor: GatewaySimulator, at: string, body: unknown): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${vendor.port}${at}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the simulator refused ${at}: ${await answer.text()}`);
  };
  const ask = async <T>(vendor: GatewaySimulator, what: string): Promise<T> =>
    (await (await fetch(`http://127.0.0.1:${vendor.port}${what}`)).json()) as T;

  /** A vendor of its own that knows sign and templates, and two workers on it. */
  const vendorAndWorkers = async (queryLagMs: number, second: boolean) => {
    const home = mkdtempSync(path.join(tmpdir(), 'wangshan-vendor-'));
    const vendor = await startGatewaySimulator({ port: 0, dataDir: home, queryLagMs });
    await post(vendor, '/__templates', { signs: [sign], templates: messageTemplates.map(({ code, text }) => ({ code, text })) });
    const { url } = county.postgres;
    const provider = { gateway: vendor.port, second };
    const workers = await Workers.start({ url, dataKey, sign, clockAheadMs: county.clockAheadMs, provider, ...lease }, 2);
    const end = async () => {
      await workers.end();
      await vendor.close();
      rmSync(home, { recursive: true, force: true });
    };
    return { vendor, workers, end };
  };
  /** A run against a vendor that loses answers. @param disturb goes on until everything is accepted */
  const run = async (
    id: string,
    numbersFrom: number,
    queryLagMs: number,
    disturb: (workers: Workers, going: () => boolean) => Promise<number>,
  ): Promise<Run & { disturbed: number }> => {
    await county.release(await county.plan(id, LEVEL, MESSAGES, numbersFrom));
    const { vendor, workers, end } = await vendorAndWorkers(queryLagMs, false);
    for (const suffix of LOST) await post(vendor, '/__faults', { suffix, kind: 'accept-then-drop' });
    let going = true;
    const disturbing = disturb(workers, () => going);
    const late = Date.now() + RUN_LIMIT_MS;
    while ((await taken(id)) < MESSAGES && Date.now() < late) await sleep(250);
    going = false;
    const disturbed = await disturbing;
    const stats = await ask<Run>(vendor, '/__stats');
    const askedInVain = await twiceThoughSeen(id, await ask<GatewayMessage[]>(vendor, '/__outbox'), queryLagMs);
    await end();
    expect([await taken(id), (await county.store.outbox.summary(id)).total]).toEqual([MESSAGES, MESSAGES]);
    return { ...stats, askedInVain, disturbed };
  };
  /** A vendor that runs on the same busy machine may take a message only when the questions about it are over: no fault of who asked. */
  const twiceThoughSeen = async (id: string, messages: readonly GatewayMessage[], queryLagMs: number): Promise<number> => {
    const takenAt = new Map<string, number[]>();
    for (const { outId, at } of messages) takenAt.set(outId, [...(takenAt.get(outId) ?? []), fromIso(at)]);
    const seen = (await county.store.history.deliveries(id)).filter(({ outId, times }) => {
      const taken = takenAt.get(outId) ?? [];
      return taken.length > 1 && Math.min(...taken) + queryLagMs < fromIso(times.sending ?? '') + ASKED_FOR_SECONDS * SECOND;
    });
    return seen.length;
  };
  /** With the vendor; whoever asked about a lost answer was told of the receipt as well. The database may just be away. */
  const taken = async (id: string): Promise<number> => {
    try {
      const { accepted = 0, delivered = 0 } = (await county.store.outbox.summary(id)).byStatus;
      return accepted + delivered;
    } catch {
      return 0;
    }
  };

  const killing =
    (id: string) =>
    async (workers: Workers, going: () => boolean): Promise<number> => {
      const open = async (): Promise<number> => (await county.count(id, 'pending')) + (await county.count(id, 'sending'));
      let kills = 0;
      // As long as anything waits to be sent or is under way; what is left then has to be asked about, which only takes its time. The first comes
      // early, or a short run would be over.
      for (await sleep(FIRST_KILL_MS); going() && (await open()) > 0; await sleep(KILL_EVERY_MS)) await workers.replace(kills++ % 2);
      return kills;
    };

  it('T1 a worker killed every 0.7 s and T5 two answers of a hundred lost: nothing lost, nothing twice', async () => {
    const { unique, duplicated, disturbed } = await run('killed', 0, 0, killing('killed'));
    console.info(
      `${MESSAGES} ${LEVEL} messages, ${disturbed} kills, 2 % answers lost: ${unique} at the vendor, ${duplicated} of them twice`,
    );
    expect({ unique, duplicated }).toEqual({ unique: MESSAGES, duplicated: 0 });
    expect(disturbed).toBeGreaterThan(0);
  });

  it(`T5 with a vendor whose query lags ${LAG_SECONDS} seconds: nothing lost, and nothing twice where it was asked for longer`, async () => {
    const { unique, duplicated, askedInVain, most, disturbed } = await run('lagging', 10_000_000, LAG_SECONDS * SECOND, killing('lagging'));
    console.info(
      `${MESSAGES} ${LEVEL} messages, ${disturbed} kills, query ${LAG_SECONDS} s late: ${unique} at the vendor, ${duplicated} of them more than once, ${most} at most`,
    );
    expect(unique).toBe(MESSAGES);
    if (LAG_SECONDS < ASKED_FOR_SECONDS) expect(askedInVain).toBe(0);
    expect(duplicated).toBeLessThanOrEqual(MESSAGES / 10);
  });

  it('T3 PostgreSQL ends in the middle (SIGQUIT) and is started again: nothing lost, nothing twice', async () => {
    const { unique, duplicated } = await run('restarted', 20_000_000, 0, async (_, going) => {
      while (going() && (await taken('restarted')) < MESSAGES / 10) await sleep(20);
      process.kill(county.postgres.pid, 'SIGQUIT');
      return 1;
    });
    expect({ unique, duplicated }).toEqual({ unique: MESSAGES, duplicated: 0 });
  });

  it.each(AWAY_SECONDS > 0 ? [AWAY_SECONDS] : [])(
    'T4 the first vendor answers 503 for %d s: red and orange of every second go by the other, once each; then it is taken again',
    async (seconds) => {
      const { vendor, workers, end } = await vendorAndWorkers(0, true);
      let numbers = 30_000_000;
      const release = async (id: string, level: WarningLevel, count: number): Promise<void> => {
        await county.release(await county.plan(id, level, count, numbers));
        numbers += count;
        workers.wake();
      };
      const total = async (ids: readonly string[]): Promise<number> => (await Promise.all(ids.map(taken))).reduce((sum, n) => sum + n, 0);
      await post(vendor, '/__faults', { provider: 'alicloud', kind: 'unavailable' });
      const ids: string[] = [];
      for (let second = 0; second < seconds; second += 1)
        for (const level of ['red', 'orange'] as const) {
          ids.push(`away-${level}-${second}`);
          await release(ids.at(-1) ?? '', level, 25);
          await sleep(SECOND / 2);
        }
      await until('all to be taken', PATIENCE_MS, async () => (await total(ids)) === ids.length * 25);
      await post(vendor, '/__faults', { provider: 'alicloud', kind: 'none' });
      const sent = await ask<GatewayMessage[]>(vendor, '/__outbox');
      expect([sent.length, new Set(sent.map(({ outId }) => outId)).size]).toEqual([ids.length * 25, ids.length * 25]);
      expect(new Set(sent.map(({ provider }) => provider))).toEqual(new Set(['mas']));
      const again = await until('the first one to be taken again', 2 * PATIENCE_MS, async () => {
        await release(`away-after-${numbers}`, 'red', 10);
        await sleep(SECOND);
        return (await ask<GatewayMessage[]>(vendor, '/__outbox')).some(({ provider }) => provider === 'alicloud');
      });
      console.info(`${sent.length} messages in ${seconds} s without the first vendor: all by the second, none twice`);
      expect(again).toBe(true);
      await end();
    },
  );
});
