import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Settings, type Clock, type DeliveryIntent, type DeliveryStatus, type HouseholdCard, type WarningLevel } from '#libs/contracts';
import { planInSlices } from '#libs/notify';
import { createLogger, DataKey, hashId, InProcessBus, Metrics } from '#libs/platform';
import { openStore, startEmbeddedPostgres, type EmbeddedPostgres, type Store } from '#libs/store';

const settings = Settings.parse({});
export const sign = settings.smsSign;
export const dataKey = 'a key of a bench, of some forty characters ..';
const HOUR = 3_600_000;

/** How far the clock is put ahead so that it is noon in Shanghai: whatever the hour, no message is held until the morning. */
export function untilNoon(now = Date.now()): number {
  const noon = 4 * HOUR;
  return (noon - (now % (24 * HOUR)) + 24 * HOUR) % (24 * HOUR);
}

/** Embedded PostgreSQL that fsyncs, a store on it, and households to be told. */
export class OutboxCounty {
  private constructor(
    readonly dataDir: string,
    readonly postgres: EmbeddedPostgres,
    readonly store: Store,
    readonly clock: Clock,
    readonly clockAheadMs: number,
  ) {}

  /** @param jumped added to its clock, ms: a drill lets hours pass in none */
  static async start(jumped: () => number = () => 0): Promise<OutboxCounty> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'wangshan-bench-notify-'));
    // The user the database runs as must be able to pass.
    chmodSync(dataDir, 0o755);
    const postgres = await startEmbeddedPostgres({ dataDir, port: 0, say: () => undefined });
    const clockAheadMs = untilNoon();
    const clock = { now: () => Date.now() + clockAheadMs + jumped() };
    const store = await openStore({
      url: postgres.url,
      bus: new InProcessBus(),
      dataKey: new DataKey(dataKey),
      logger: createLogger('silent'),
      metrics: new Metrics(),
      clock,
    });
    return new OutboxCounty(dataDir, postgres, store, clock, clockAheadMs);
  }

  /** Messages to `count` households of one warning, each to a number of its own, as a release plans them. */
  plan(warningId: string, level: WarningLevel, count: number, numbersFrom: number): Promise<DeliveryIntent[]> {
    const householdCards = Array.from({ length: count }, (_, n): HouseholdCard => card(`${warningId}-${n}`, numbersFrom + n));
    return planInSlices({
      order: { scope: 'public', kind: 'warning', level, version: 1 },
      warning: { id: warningId, exercise: false, deliver: 'real' },
      point: { name: '石碑村3组滑坡', kind: 'landslide', threatenedPeople: count * 4, unifiedCode: '5132210001' },
      cards: { workCards: [], householdCards },
      settings,
      now: this.clock.now(),
      hash: (...parts) => hashId(24, ...parts),
    });
  }

  /** As the ledger writes them with a release. */
  async release(deliveries: readonly DeliveryIntent[]): Promise<void> {
    await this.store.ledger.write({ deliveries });
  }

  async count(warningId: string, status: DeliveryStatus): Promise<number> {
    return (await this.store.outbox.summary(warningId)).byStatus[status] ?? 0;
  }

  async remove(): Promise<void> {
    await this.store.close();
    await this.postgres.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

const at = '2026-01-01T00:00:00.000Z';
/** Numbers that end in 9001 to 9010 bring the simulator's own faults, so no number ends in 9000 and more. */
const card = (id: string, number: number): HouseholdCard => ({
  id,
  hazardPoint: '5132210001',
  householder: '户主',
  phone: `139${String(Math.floor(number / 9_000) * 10_000 + (number % 9_000)).padStart(8, '0')}`,
  address: '石碑村3组',
  memberCount: 4,
  members: [],
  evacuationRoute: `${(number % 7) + 1}号路线`,
  shelter: '村小学',
  version: 1,
  createdAt: at,
  updatedAt: at,
});
