import type { Consultation, DeliveryIntent, HazardPoint, WallEventDraft, WarningRecord } from '#libs/contracts';
import { createLogger, DataKey, InProcessBus, type Logger } from '#libs/platform';
import { testDatabase } from '#libs/testing';
import { warningOf } from '../../../alert/src/fakes/fixtures.js';
import { anIntent as intentOf } from '../../../notify/src/fakes/intents.js';
import { Database } from '../sql/database.js';
import { migrate } from '../sql/migrate.js';

export const dataKey = new DataKey('a key for tests, of forty characters ....');
export const silent: Logger = createLogger('silent');

export interface RecordsDatabase {
  db: Database;
  url: string;
  bus: InProcessBus;
  close(): Promise<void>;
}

/** A migrated database of its own. */
export async function recordsDatabase(title: string): Promise<RecordsDatabase> {
  const home = await testDatabase(title);
  const db = new Database({ url: home.url });
  // As the station has it (open-store.ts): entries go over a connection of their own.
  const record = new Database({ url: home.url, max: 1 });
  db.together = (statements) => record.together(statements);
  await migrate(db);
  return {
    db,
    url: home.url,
    bus: new InProcessBus(),
    async close() {
      await record.close();
      await db.close();
      await home.drop();
    },
  };
}

const opened = '2026-11-20T12:00:00.000Z';
export const aWarning = (over: Partial<WarningRecord> = {}): WarningRecord =>
  warningOf({
    hazardPoint: '5132210001',
    openedAt: opened,
    eventOpenedAt: opened,
    expiresAt: '2026-11-21T12:00:00.000Z',
    updatedAt: opened,
    ...over,
  });

export const anIntent = (id: string, over: Partial<DeliveryIntent> = {}): DeliveryIntent =>
  intentOf(id, Date.now() - 1_000, {
    outId: `o${id}`.slice(0, 15),
    address: '13912345678',
    template: { code: 'SMS_1', params: { place: '石碑村三组' }, text: '石碑村三组红色预警，请立即撤离', parts: 1 },
    deadline: Date.now() + 600_000,
    ...over,
  });

export const anEvent = (id: string, over: Partial<WallEventDraft> = {}): WallEventDraft => ({
  id,
  type: 'warning.opened',
  at: Date.parse(opened),
  divisionCode: '513221',
  payload: { id },
  ...over,
});

export const aTimelineEntry = (id: string, warningId = 'w1') => ({
  id,
  warningId,
  at: opened,
  eventAt: opened,
  kind: 'opened' as const,
  level: 'red' as const,
  state: 'confirmed' as const,
  actor: 'system',
  reasons: [],
  evidence: [],
});

export const aPoint = (over: Partial<HazardPoint> = {}): HazardPoint => ({
  unifiedCode: '5132210001',
  name: '石碑村滑坡',
  kind: 'landslide',
  divisionCode: '513221',
  longitude: 103.123456789,
  latitude: 31.5,
  threatenedHouseholds: 3,
  threatenedPeople: 9,
  rulebook: 'reference',
  thresholds: [],
  release: { red: 'immediate', orange: 'manual', yellow: 'manual', blue: 'manual' },
  closed: false,
  version: 1,
  createdAt: opened,
  updatedAt: opened,
  ...over,
});

export const aConsultation = (over: Partial<Consultation> = {}): Consultation => ({
  id: 'c1',
  warning: 'w1',
  hazardPoint: '5132210001',
  divisionCode: '513221',
  title: '石碑村滑坡',
  exercise: false,
  state: 'open',
  openedAt: opened,
  evidence: {
    takenAt: opened,
    warning: aWarning(),
    point: { unifiedCode: '5132210001', name: '石碑村滑坡', kind: 'landslide', threatenedHouseholds: 3, threatenedPeople: 9 },
    series: [],
    hash: 'h',
  },
  opinions: [],
  chat: [],
  decision: null,
  version: 1,
  ...over,
});
