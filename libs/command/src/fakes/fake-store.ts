import { createHash } from 'node:crypto';
import {
  insideDivision,
  Problem,
  toIso,
  type AuditRecord,
  type AuditView,
  type DefenceResponse,
  type DeliveryView,
  type HazardPoint,
  type HouseholdCard,
  type Incident,
  type Page,
  type PageQuery,
  type QuarantinedPayload,
  type RegisteredDevice,
  type ResponsePlan,
  type Settings,
  type Task,
  type ThresholdChange,
  type TimelineEntry,
  type WallEventDraft,
  type WarningRecord,
  type CardKind,
  type CardOf,
  type WorkCard,
} from '#libs/contracts';
import { FakeCallouts, FakeNumbers } from './fake-callouts.js';
import { FakeDensified, FakeDeviceCommands, FakeDeviceIntervals, FakeKpis } from './fake-downlink.js';
import { FakeSilences } from './fake-silences.js';
import { FakeGaps, FakeMaintenance } from './fake-upkeep.js';
import { FakeDryRuns, FakeRules, FakeShadows } from './fake-rules.js';
import type { CommandStore, ReadingsQuery, StoredUser } from '../ports.js';

const page = <T>(items: T[], { limit }: PageQuery): Page<T> => ({ items: items.slice(0, limit), nextCursor: null });

/** Every port of command in memory, with what a test wants to look at in plain sight. */
export class FakeStore implements CommandStore {
  readonly pointRows = new Map<string, HazardPoint>();
  readonly deviceRows = new Map<string, RegisteredDevice>();
  readonly userRows = new Map<string, StoredUser>();
  readonly sessionRows = new Map<string, { userId: string; expiresAt: number }>();
  readonly settingRows: { settings: Settings; version: number; updatedBy: string }[] = [];
  readonly workCardRows: (WorkCard & { divisionCode: string })[] = [];
  readonly householdCardRows: (HouseholdCard & { divisionCode: string })[] = [];
  readonly warningRows: WarningRecord[] = [];
  readonly timelineRows: (TimelineEntry & { warningId: string })[] = [];
  readonly deliveryRows: (DeliveryView & { warningId: string })[] = [];
  readonly quarantineRows: QuarantinedPayload[] = [];
  readonly readingRows: { deviceId: string; channel: string; time: number; value: number; quality: string[] }[] = [];
  readonly auditRows: AuditView[] = [];
  readonly thresholdRows: ThresholdChange[] = [];
  readonly idempotencyRows = new Map<string, { requestHash: string; status: number; body: unknown }>();
  readonly deviceCommands = new FakeDeviceCommands();
  readonly deviceIntervals = new FakeDeviceIntervals();
  readonly densified = new FakeDensified();
  readonly kpis = new FakeKpis();
  readonly maintenance = new FakeMaintenance();
  readonly gaps = new FakeGaps();
  readonly silences = new FakeSilences();
  readonly planRows = new Map<string, ResponsePlan>();
  readonly responseRows = new Map<string, DefenceResponse>();
  readonly taskRows = new Map<string, Task>();
  readonly eventRows: WallEventDraft[] = [];
  readonly rules = new FakeRules();
  readonly shadows = new FakeShadows();
  readonly dryRuns = new FakeDryRuns();
  readonly seen = new Map<string, number>();
  lastReadingsQuery: ReadingsQuery | undefined;

  constructor(private readonly now: () => number) {}

  registry = {
    load: async () => ({ points: [...this.pointRows.values()], devices: [...this.deviceRows.values()], removed: [] }),
    insertPoint: async (point: HazardPoint, thresholds?: ThresholdChange) => {
      this.pointRows.set(point.unifiedCode, point);
      if (thresholds) this.thresholdRows.unshift(thresholds);
    },
    updatePoint: async (point: HazardPoint, thresholds?: ThresholdChange) => {
      this.pointRows.set(point.unifiedCode, point);
      if (thresholds) this.thresholdRows.unshift(thresholds);
    },
    insertDevice: async (device: RegisteredDevice) => void this.deviceRows.set(device.deviceId, device),
    removeDevice: async (deviceId: string) => void this.deviceRows.delete(deviceId),
    renewSecret: async (deviceId: string, secretHash: string) => {
      const device = this.deviceRows.get(deviceId);
      if (device) this.deviceRows.set(deviceId, { ...device, secretHash });
    },
  };

  thresholds: CommandStore['thresholds'] = {
    list: async (query) =>
      page(
        this.thresholdRows.filter((row) => row.hazardPoint === query.hazardPoint),
        query,
      ),
  };

  cards: CommandStore['cards'] = {
    insertWorkCard: async (card, id, divisionCode, by) => this.#insertCard(this.workCardRows, 'W', { ...card, id, divisionCode }, by),
    insertHouseholdCard: async (card, id, divisionCode, by) =>
      this.#insertCard(this.householdCardRows, 'H', { ...card, id, divisionCode }, by),
    find: async <K extends CardKind>(kind: K, id: string) => this.#cardRows(kind).find((card) => card.id === id),
    update: async <K extends CardKind>(kind: K, card: CardOf[K], by: string) => {
      const rows = this.#cardRows(kind);
      const place = rows.findIndex(({ id, version }) => id === card.id && version === card.version - 1);
      if (place < 0) throw new Problem('version-conflict', 'the card has changed');
      rows[place] = { ...card, updatedAt: toIso(this.now()) };
      this.#remember(rows[place], by);
      return rows[place];
    },
    versions: async (_, id) => this.cardVersions.filter(({ card }) => card.id === id).toReversed() as never,
    listWorkCards: async (query) => page(this.workCardRows.filter(inside(query)), query),
    listHouseholdCards: async (query) => page(this.householdCardRows.filter(inside(query)), query),
    cardsOf: async (hazardPoint) => ({
      workCards: this.workCardRows.filter((card) => card.hazardPoint === hazardPoint && !card.withdrawn),
      householdCards: this.householdCardRows.filter((card) => card.hazardPoint === hazardPoint && !card.withdrawn),
    }),
  };
  readonly numbers = new FakeNumbers();
  readonly cardVersions: { version: number; changedBy: string; changedAt: string; card: WorkCard | HouseholdCard }[] = [];
  #cardRows<K extends CardKind>(kind: K): CardOf[K][] {
    return (kind === 'work' ? this.workCardRows : this.householdCardRows) as unknown as CardOf[K][];
  }
  #insertCard<R extends WorkCard | HouseholdCard>(
    rows: R[],
    letter: string,
    card: { hazardPoint: string; id: string; divisionCode: string },
    by: string,
  ): R {
    const number = `${card.hazardPoint}-${letter}${String(rows.filter((one) => one.hazardPoint === card.hazardPoint).length + 1).padStart(3, '0')}`;
    const row = { ...card, number, version: 1, createdAt: toIso(this.now()), updatedAt: toIso(this.now()) } as unknown as R;
    rows.push(row);
    this.#remember(row, by);
    return row;
  }
  #remember(card: WorkCard | HouseholdCard, changedBy: string): void {
    this.cardVersions.push({ version: card.version, changedBy, changedAt: toIso(this.now()), card });
  }

  users: CommandStore['users'] = {
    byUsername: async (username) => [...this.userRows.values()].find((user) => user.username === username),
    byId: async (id) => this.userRows.get(id),
    insert: async (user) => void this.userRows.set(user.id, user),
    setPassword: async (id, passwordHash) => {
      const user = this.userRows.get(id);
      if (user) this.userRows.set(id, { ...user, passwordHash });
    },
    list: async (query) => page([...this.userRows.values()], query),
  };

  sessions: CommandStore['sessions'] = {
    insert: async ({ tokenHash, ...session }) => void this.sessionRows.set(tokenHash, session),
    find: async (tokenHash) => this.sessionRows.get(tokenHash),
    remove: async (tokenHash) => void this.sessionRows.delete(tokenHash),
  };

  settings: CommandStore['settings'] = {
    current: async () => this.settingRows.at(-1),
    save: async (settings, version, updatedBy) => void this.settingRows.push({ settings, version, updatedBy }),
  };

  history: CommandStore['history'] = {
    readings: async (query) => {
      this.lastReadingsQuery = query;
      const readings = this.readingRows.filter(
        (row) => row.deviceId === query.deviceId && row.channel === query.channel && row.time >= query.from && row.time <= query.to,
      );
      return { resolution: 'raw', readings: readings.map(({ time, value, quality }) => ({ time, value, quality })), nextCursor: null };
    },
    quarantine: async (query) =>
      page(
        this.quarantineRows.filter((row) => insideDivision(this.deviceRows.get(row.deviceId)?.divisionCode, query.scope)),
        query,
      ),
    deliveries: async (warningId) => this.deliveryRows.filter((row) => row.warningId === warningId),
    lastSeen: async () => this.seen,
  };

  warnings: CommandStore['warnings'] = {
    open: async () => this.warningRows,
    newest: async () => this.warningRows,
    find: async (id) => this.warningRows.find((warning) => warning.id === id),
    timeline: async (id) => this.timelineRows.filter((entry) => entry.warningId === id),
    published: async (since, limit) =>
      this.warningRows
        .filter((warning) => warning.releases.public.version > 0 && Date.parse(warning.updatedAt) > since)
        .slice(0, limit)
        .map((warning) => ({
          warning,
          messages: this.timelineRows.filter(({ warningId, message }) => warningId === warning.id && message !== undefined),
        })),
    list: async (query) =>
      page(
        this.warningRows.filter(
          (warning) =>
            insideDivision(warning.divisionCode, query.scope) &&
            (query.hazardPoint === undefined || warning.hazardPoint === query.hazardPoint) &&
            (query.state === undefined || query.state.split(',').includes(warning.state)),
        ),
        query,
      ),
  };

  readonly incidentRows: Incident[] = [];
  warningKpis: CommandStore['warningKpis'] = {
    opened: async (from, to, division) =>
      this.warningRows.filter(
        ({ openedAt, divisionCode, exercise }) =>
          Date.parse(openedAt) >= from && Date.parse(openedAt) < to && insideDivision(divisionCode, division) && !exercise,
      ),
    openedBefore: async (to, points) =>
      this.warningRows.filter(({ openedAt, hazardPoint }) => Date.parse(openedAt) < to && points.includes(hazardPoint)),
    insertIncident: async (incident) => void this.incidentRows.push(incident),
    incidents: async (from, to, division) =>
      this.incidentRows.filter(
        ({ occurredAt, divisionCode }) =>
          Date.parse(occurredAt) >= from && Date.parse(occurredAt) < to && insideDivision(divisionCode, division),
      ),
    listIncidents: async (query) => page(this.incidentRows.filter(inside(query)), query),
  };

  plans: CommandStore['plans'] = {
    all: async () => [...this.planRows.values()],
    save: async (plan) => void this.planRows.set(plan.hazardPoint, plan),
  };

  responses: CommandStore['responses'] = {
    find: async (id) => this.responseRows.get(id),
    list: async (query) =>
      page(
        [...this.responseRows.values()].filter(
          (row) =>
            insideDivision(row.divisionCode, query.scope) &&
            (query.hazardPoint === undefined || row.hazardPoint === query.hazardPoint) &&
            (query.division === undefined || row.divisionCode === query.division) &&
            (query.open !== true || row.state === 'in-force'),
        ),
        query,
      ),
  };

  readonly callouts = new FakeCallouts();

  tasks: CommandStore['tasks'] = {
    open: async () => [...this.taskRows.values()].filter(({ state }) => state !== 'closed'),
    find: async (id) => this.taskRows.get(id),
    ofWarning: async (warningId) => [...this.taskRows.values()].filter((task) => task.warningId === warningId),
    list: async (query) =>
      page(
        [...this.taskRows.values()].filter(
          (task) =>
            insideDivision(task.divisionCode, query.scope) &&
            (query.warning === undefined || task.warningId === query.warning) &&
            (query.kind === undefined || task.kind === query.kind),
        ),
        query,
      ),
  };

  ledger: CommandStore['ledger'] = {
    write: async (entry) => {
      this.silences.take(entry.silences ?? []);
      for (const response of entry.responses ?? []) this.responseRows.set(response.id, response);
      for (const task of entry.tasks ?? []) this.taskRows.set(task.id, task);
      this.eventRows.push(...(entry.events ?? []));
      await this.audit.append(entry.audit ?? []);
      return [];
    },
  };

  audit: CommandStore['audit'] = {
    append: async (records) => {
      for (const each of records) this.auditRows.push(chained(each, this.auditRows));
    },
    list: async (after, limit) => this.auditRows.filter((row) => row.seq > after).slice(0, limit),
    verify: async () => ({ ok: true, records: this.auditRows.length, brokenAt: null }),
    protection: async () => ({ ok: true, detail: 'insert-only role' }),
  };

  idempotency: CommandStore['idempotency'] = {
    find: async (key, actor) => this.idempotencyRows.get(`${actor} ${key}`),
    save: async (key, actor, requestHash, status, body) => void this.idempotencyRows.set(`${actor} ${key}`, { requestHash, status, body }),
  };
}

const inside =
  (query: { scope: string; hazardPoint?: string }) =>
  (row: { divisionCode: string; hazardPoint: string }): boolean =>
    insideDivision(row.divisionCode, query.scope) && (query.hazardPoint === undefined || row.hazardPoint === query.hazardPoint);

function chained(entry: AuditRecord, rows: readonly AuditView[]): AuditView {
  const previous = rows.at(-1)?.hash ?? '';
  const hash = createHash('sha256')
    .update(previous + JSON.stringify(entry))
    .digest('hex');
  return { ...entry, at: toIso(entry.at), seq: rows.length + 1, previous, hash };
}
