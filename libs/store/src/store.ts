import type { ArchiveState } from './backup/archiver.js';
import type { Clock, StageBus } from '#libs/contracts';
import type { Ledger, TaskStore, ToldStore, WarningStore } from '#libs/alert';
import type {
  AuditStore,
  CardStore,
  DensifiedStore,
  DeviceCommandStore,
  DeviceIntervalStore,
  DeviceKpiStore,
  DryRunStore,
  GapQueries,
  HistoryStore,
  MaintenanceStore,
  IdempotencyStore,
  RegistryStore,
  ResponsePlanStore,
  ResponseStore,
  RuleStore,
  SessionStore,
  SettingsStore,
  ShadowStore,
  SilenceStore,
  ThresholdStore,
  UserStore,
  WarningKpiStore,
} from '#libs/command';
import type { ConsultationStore } from '#libs/consult';
import type { GapLog, ReadingStore, RecentReadings } from '#libs/ingest';
import type { CalloutStore, DeliveryAudit, NumberStore, Outbox } from '#libs/notify';
import type { DataKey, Logger, Metrics } from '#libs/platform';
import type { JudgementStore } from '#libs/stream';
import type { EventStore, LatestStore } from '#libs/wall';

export interface StoreOptions {
  /** postgres:// address of a database whose migrations this call brings up to date. */
  url: string;
  bus: StageBus;
  dataKey: DataKey;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
  /** Lets a process of the server give way to the others; only where the server is our own, on this machine. */
  giveWay?: ((pid: number) => void) | undefined;
}

/** Every store port, over one database. The only thing the rest of the program knows of PostgreSQL. */
export interface Store {
  readings: ReadingStore;
  judgements: JudgementStore;
  history: HistoryStore;
  latest: LatestStore;
  ledger: Ledger;
  warnings: WarningStore;
  tasks: TaskStore;
  callouts: CalloutStore;
  deliveryAudit: DeliveryAudit;
  /** Numbers no message reaches. */
  numbers: NumberStore;
  /** Who was told of a warning. */
  told: ToldStore;
  outbox: Outbox;
  events: EventStore;
  consultations: ConsultationStore;
  registry: RegistryStore;
  cards: CardStore;
  users: UserStore;
  sessions: SessionStore;
  settings: SettingsStore;
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
  gaps: GapLog & GapQueries;
  /** What flags and gaps go on from after a start. */
  recent: RecentReadings;
  /** The archive of the write-ahead log, once a backup was taken. */
  archive: { state(): Promise<ArchiveState> };
  /** True when the database answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
