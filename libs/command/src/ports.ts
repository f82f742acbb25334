import type {
  AuditRecord,
  AuditVerification,
  AuditView,
  AckState,
  CardKind,
  CardOf,
  Consultation,
  DecisionCreate,
  DeliveryView,
  HazardPoint,
  HouseholdCard,
  HouseholdCardCreate,
  OpinionCreate,
  Page,
  PageQuery,
  QuarantinedPayload,
  RegisteredDevice,
  Settings,
  SignatureCreate,
  ThresholdChange,
  TimelineEntry,
  User,
  WarningAction,
  WarningActionBody,
  WarningRecord,
  WarningView,
  WorkCard,
  WorkCardCreate,
} from '#libs/contracts';
import type { Ledger, TaskStore, WarningStore } from '#libs/alert';
import type { CalloutStore, NumberStore } from '#libs/notify';
import type { GapQueries } from './devices/gaps.js';
import type { ResponsePlanStore, ResponseStore } from './response/ports.js';
import type { DryRunStore, RuleStore, ShadowStore, ThresholdStore } from './rules/ports.js';
import type { MaintenanceStore } from './quiet/maintenance.js';
import type { SilenceStore } from './quiet/silences.js';

export type { GapQueries, MaintenanceStore, SilenceStore };
export type { CalloutActions } from './callout/ports.js';
export type { TaskActions } from './warnings/tasks.js';
import type { DensifiedStore, DeviceCommandStore, DeviceIntervalStore } from './downlink/ports.js';
import type { DeviceKpiStore } from './kpi/ports.js';
import type { WarningKpiStore } from './kpi/warnings.js';

export type { WarningKpiStore };

/** Points and devices. Writes bump `version` and the change sequence. */
export interface RegistryStore {
  /** `removed`: devices whose past can still be asked for; nobody may speak for them. */
  load(): Promise<{ points: HazardPoint[]; devices: RegisteredDevice[]; removed: RegisteredDevice[] }>;
  /** @param thresholds record of the thresholds it has of its own, written with it */
  insertPoint(point: HazardPoint, thresholds?: ThresholdChange): Promise<void>;
  /** @param thresholds record of their change, written with it */
  updatePoint(point: HazardPoint, thresholds?: ThresholdChange): Promise<void>;
  /** Also under the number of a removed one. @throws Problem already-exists */
  insertDevice(device: RegisteredDevice): Promise<void>;
  /** Its readings and records stay. @throws Problem not-found */
  removeDevice(deviceId: string, at: number): Promise<void>;
  /** The old one is forgotten. @throws Problem not-found */
  renewSecret(deviceId: string, secretHash: string): Promise<void>;
}

/** Cards. Names, phones and addresses are encrypted columns with a keyed hash for look-up. */
export interface CardStore {
  insertWorkCard(card: WorkCardCreate, id: string, divisionCode: string, by: string): Promise<WorkCard>;
  insertHouseholdCard(card: HouseholdCardCreate, id: string, divisionCode: string, by: string): Promise<HouseholdCard>;
  find<K extends CardKind>(kind: K, id: string): Promise<CardOf[K] | undefined>;
  /** Writes a card whose `version` is one above the stored one. @throws Problem not-found, version-conflict */
  update<K extends CardKind>(kind: K, card: CardOf[K], by: string): Promise<CardOf[K]>;
  /** Every version, newest first, each as it was. */
  versions<K extends CardKind>(kind: K, id: string): Promise<CardVersion<CardOf[K]>[]>;
  listWorkCards(query: PageQuery & { hazardPoint?: string; scope: string }): Promise<Page<WorkCard>>;
  listHouseholdCards(query: PageQuery & { hazardPoint?: string; scope: string }): Promise<Page<HouseholdCard>>;
  /** Everyone on the cards of a point that have not been withdrawn, for the delivery plan. */
  cardsOf(hazardPoint: string): Promise<{ workCards: WorkCard[]; householdCards: HouseholdCard[] }>;
}

export interface CardVersion<C> {
  version: number;
  changedBy: string;
  changedAt: string;
  card: C;
}

export interface StoredUser extends User {
  passwordHash: string;
}
export interface UserStore {
  byUsername(username: string): Promise<StoredUser | undefined>;
  byId(id: string): Promise<StoredUser | undefined>;
  insert(user: StoredUser): Promise<void>;
  setPassword(id: string, passwordHash: string): Promise<void>;
  list(query: PageQuery): Promise<Page<User>>;
}
/** Sessions are kept by the keyed hash of their token. */
export interface SessionStore {
  insert(session: { tokenHash: string; userId: string; expiresAt: number }): Promise<void>;
  find(tokenHash: string): Promise<{ userId: string; expiresAt: number } | undefined>;
  remove(tokenHash: string): Promise<void>;
}
export interface SettingsStore {
  current(): Promise<{ version: number; updatedBy: string; settings: Settings } | undefined>;
  save(settings: Settings, version: number, updatedBy: string): Promise<void>;
}

export interface ReadingsQuery extends PageQuery {
  deviceId: string;
  channel: string;
  from: number;
  to: number;
  /** At most this many, extremes kept; absent: raw and paged. */
  points?: number;
}
export interface HistoryStore {
  readings(query: ReadingsQuery): Promise<{
    resolution: 'raw' | '1m' | '1h' | '1d';
    readings: { time: number; value: number; quality: string[] }[];
    nextCursor: string | null;
  }>;
  quarantine(query: PageQuery & { scope: string }): Promise<Page<QuarantinedPayload>>;
  deliveries(warningId: string): Promise<DeliveryView[]>;
  /** Last time anything valid came from each device. */
  lastSeen(): Promise<Map<string, number>>;
}
export interface AuditStore {
  append(records: readonly AuditRecord[]): Promise<void>;
  list(after: number, limit: number): Promise<AuditView[]>;
  verify(): Promise<AuditVerification>;
  /** How the table is protected, for /readyz: `insert-only role` or why not. */
  protection(): Promise<{ ok: boolean; detail: string }>;
}
/** Answer of a request already carried out under this key (24 h), so that a repeated click acts once. */
export interface IdempotencyStore {
  find(key: string, actor: string): Promise<{ requestHash: string; status: number; body: unknown } | undefined>;
  save(key: string, actor: string, requestHash: string, status: number, body: unknown): Promise<void>;
}

/** Actions on warnings, carried out by the alert stage in the point's own order. */
export interface WarningActions {
  act(warningId: string, action: WarningAction, body: WarningActionBody, actor: User): Promise<WarningRecord>;
  acknowledgeDelivery?(deliveryId: string, ack: AckState, actor: User): Promise<void>;
}

/** Use cases of a consultation, carried out by the consult stage. Each answers the consultation as it stands afterwards. */
export interface Consultations {
  list(query: PageQuery & { warning?: string; scope: string }): Promise<Page<Consultation>>;
  get(id: string): Promise<Consultation | undefined>;
  addOpinion(id: string, opinion: OpinionCreate, actor: User): Promise<Consultation>;
  decide(id: string, decision: DecisionCreate, actor: User): Promise<Consultation>;
  /** Signs the decision as it stands; acts on the warning. */
  sign(id: string, signature: SignatureCreate, actor: User): Promise<Consultation>;
}

/** Makes the answer about a warning: names, legal actions of this user, timeline when it is given. */
export type WarningViewBuilder = (record: WarningRecord, timeline: readonly TimelineEntry[], user: User) => WarningView;

/** What command needs of the store; libs/store's Store satisfies it. */
export interface CommandStore {
  registry: RegistryStore;
  cards: CardStore;
  users: UserStore;
  sessions: SessionStore;
  settings: SettingsStore;
  history: HistoryStore;
  warnings: WarningStore;
  tasks: TaskStore;
  callouts: CalloutStore;
  numbers: Pick<NumberStore, 'deadAmong'>;
  audit: AuditStore;
  idempotency: IdempotencyStore;
  rules: RuleStore;
  shadows: ShadowStore;
  dryRuns: DryRunStore;
  thresholds: ThresholdStore;
  deviceCommands: DeviceCommandStore;
  deviceIntervals: DeviceIntervalStore;
  densified: DensifiedStore;
  kpis: DeviceKpiStore;
  maintenance: MaintenanceStore;
  silences: SilenceStore;
  plans: ResponsePlanStore;
  responses: ResponseStore;
  warningKpis: WarningKpiStore;
  /** Silences are written through it; warnings are alert's. */
  ledger: Ledger;
  gaps: GapQueries;
}
