import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECOND, type WarningLevel } from '#libs/contracts';
import { messageTemplates } from '#libs/notify';
import { startGatewaySimulator, type GatewaySimulator } from '#simulators/gateways';
import { dataKey, OutboxCounty, sign } from '../../bench/notify/county.js';
import { Workers } from '../../bench/notify/workers.js';

/** Messages of a run; the long form has 30,000 (`npm run drill -- notify`). */
const MESSAGES = Number(process.env['NOTIFY_MESSAGES'] ?? 1_000);
/** Long runs are yellow: red would be over before the questions are. */
const LEVEL: WarningLevel = MESSAGES > 5_000 ? 'yellow' : 'red';
const KILL_EVERY_MS = 700;
const FIRST_KILL_MS = 100;
/** Numbers whose messages are taken and whose answers are lost: two of a hundred. */
const LOST = ['04', '54'];
/** Shorter than the station's, so that a short run sees leases end: a request is given up well before them. */
const lease = { leaseMs: 4_000, requestMs: 2_500 };
const PATIENCE_MS = Number(process.env['NOTIFY_PATIENCE'] ?? 150) * SECOND;

interface Run {
  /** At the vendor: messages, and those it took more than once. */
  unique: number;
  duplicated: number;
  most: number;
}

describe('workers killed under load', () => {
  let county: OutboxCounty;
  beforeAll(async () => {
    const { build } = (await import(new URL('../../scripts/lib/prepare.mjs', import.meta.url).href)) as {
      build: (what: { dashboard: boolean }) => Promise<void>;
    };
    await build({ dashboard: false });
    county = await OutboxCounty.start();
    county.postgres.keepRunning();
  }, 240_000);
  afterAll(() => county.remove());

  /** A run against a vendor of its own. @param disturb goes on until everything is accepted */
  const run = async (
    id: string,
    numbersFrom: number,
    queryLagMs: number,
    disturb: (workers: Workers, going: () => boolean) => Promise<number>,
  ): Promise<Run & { disturbed: number }> => {
    const home = mkdtempSync(path.join(tmpdir(), 'wangshan-vendor-'));
    const vendor = await startGatewaySimulator({ port: 0, dataDir: home, queryLagMs });
    await prepared(vendor);
    await county.release(await county.plan(id, LEVEL, MESSAGES, numbersFrom));
    const { url } = county.postgres;
    const job = { url, dataKey, sign, clockAheadMs: county.clockAheadMs, provider: { gateway: vendor.port }, ...lease };
    const workers = await Workers.start(job, 2);
    let going = true;
    const disturbing = disturb(workers, () => going);
    const end = Date.now() + PATIENCE_MS;
    while ((await taken(id)) < MESSAGES && Date.now() < end) await sleep(250);
    going = false;
    const disturbed = await disturbing;
    await workers.end();
    const stats = (await (await fetch(`http://127.0.0.1:${vendor.port}/__stats`)).json()) as Run;
    expect([await taken(id), (await county.store.outbox.summary(id)).total]).toEqual([MESSAGES, MESSAGES]);
    await vendor.close();
    rmSync(home, { recursive: true, force: true });
    return { ...stats, disturbed };
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

  const prepared = async (vendor: GatewaySimulator): Promise<void> => {
    const post = async (at: string, body: unknown): Promise<void> => {
      const answer = await fetch(`http://127.0.0.1:${vendor.port}${at}`, { method: 'POST', body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`the simulator refused ${at}: ${await answer.text()}`);
    };
    await post('/__templates', { signs: [sign], templates: messageTemplates.map(({ code, text }) => ({ code, text })) });
    for (const suffix of LOST) await post('/__faults', { suffix, kind: 'accept-then-drop' });
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
    console.info(`${MESSAGES} messages, ${disturbed} kills, 2 % answers lost: ${unique} at the vendor, ${duplicated} of them twice`);
    expect({ unique, duplicated }).toEqual({ unique: MESSAGES, duplicated: 0 });
    expect(disturbed).toBeGreaterThan(0);
  });

  it('T5 with a vendor whose query lags three seconds: nothing lost, and no message oftener than it was asked for in vain', async () => {
    const { unique, duplicated, most } = await run('lagging', 10_000_000, 3 * SECOND, killing('lagging'));
    console.info(`${MESSAGES} messages, query 3 s late: ${unique} at the vendor, ${duplicated} of them more than once, ${most} at most`);
    expect(unique).toBe(MESSAGES);
    expect(duplicated).toBeLessThan(MESSAGES / 10);
  });

  it('T3 PostgreSQL ends in the middle (SIGQUIT) and is started again: nothing lost, nothing twice', async () => {
    const { unique, duplicated } = await run('restarted', 20_000_000, 0, async (_, going) => {
      while (going() && (await taken('restarted')) < MESSAGES / 10) await sleep(20);
      process.kill(county.postgres.pid, 'SIGQUIT');
      return 1;
    });
    expect({ unique, duplicated }).toEqual({ unique: MESSAGES, duplicated: 0 });
  });
});
