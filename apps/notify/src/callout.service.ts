import { Inject, Injectable } from '@nestjs/common';
import { SECOND, type Callout, type Clock, type Heartbeat, type Settings, type StageBus, type Task } from '#libs/contracts';
import {
  AUDIT_EVERY_MS,
  Auditor,
  CalloutDesk,
  MendDesk,
  nextStep,
  type Answer,
  type CalloutSurroundings,
  type DueStep,
  type Reply,
} from '#libs/notify';
import { hashId, stageLogger, token, type Config, type Logger, type Metrics } from '#libs/platform';
import type { Store } from '#libs/store';
import { HeartbeatOut } from './heartbeat.js';

export type CalloutServiceStore = Pick<Store, 'callouts' | 'ledger' | 'deliveryAudit' | 'numbers' | 'warnings'>;

/** What the call-out needs of the other stages; the station hands it over in its one composing function. */
export interface CalloutConnections extends CalloutSurroundings {
  /** Whether a call can be made. */
  voice: () => boolean;
  /** The counts of a warning have changed. */
  changed: (warningId: string) => void;
  /** Open tasks of correcting a dead number, and the end of one. */
  openMends: () => Task[];
  withdrawMend: (task: Task, note: string) => Promise<void>;
  pointName: (unifiedCode: string) => string;
}

const OWNER = 'callout';
const stationHash = (...parts: readonly (string | number)[]): string => hashId(24, ...parts);

/** 叫应: who answers, who is called again, who is knocked on; and the proof that none of it has stopped. */
@Injectable()
export class CalloutService {
  #connections: CalloutConnections | undefined;
  #desk: CalloutDesk | undefined;
  #auditor: Auditor | undefined;
  #timers: NodeJS.Timeout[] = [];
  #climbing: Promise<void> | undefined;
  #auditing: Promise<void> | undefined;

  constructor(
    @Inject(token.config) readonly config: Config,
    @Inject(token.store) readonly store: CalloutServiceStore,
    @Inject(token.bus) readonly bus: StageBus,
    @Inject(token.settings) readonly settings: () => Settings,
    @Inject(token.clock) readonly clock: Clock,
    @Inject(token.logger) readonly logger: Logger,
    @Inject(token.metrics) readonly metrics: Metrics,
  ) {}

  connect(connections: CalloutConnections): void {
    this.#connections = connections;
  }

  async start(): Promise<void> {
    const connections = this.#connections;
    if (!connections) throw new Error('CalloutService.start before connect: the composition is incomplete');
    const logger = stageLogger(this.logger, 'notify');
    const { store, clock, settings } = this;
    const desk = new CalloutDesk({
      store: store.callouts,
      ledger: store.ledger,
      clock,
      logger,
      settings,
      hash: stationHash,
      voice: connections.voice,
      surroundings: () => connections,
      changed: connections.changed,
    });
    this.#desk = desk;
    this.bus.listen(OWNER, 'ledger.written', ({ events }) => desk.watch(events));
    await desk.start();
    this.#auditor = this.#makeAuditor(desk, connections, logger);
    const mend = this.#makeMendDesk(connections, logger);
    this.#timers = [
      setInterval(() => {
        this.#climbing ??= desk
          .tick()
          .catch((error: unknown) => logger.error({ err: error }, 'call-out: a step could not be written; tried again in a second'))
          .finally(() => (this.#climbing = undefined));
      }, SECOND),
      setInterval(() => {
        this.#auditing ??= Promise.all([this.#auditor?.round(), mend.round()])
          .then(() => undefined)
          .finally(() => (this.#auditing = undefined));
      }, AUDIT_EVERY_MS),
    ];
    // The first proof at once: a watcher need not wait for ten seconds to know that the station is back.
    this.#auditing = this.#auditor.round().finally(() => (this.#auditing = undefined));
  }

  /** What people answered. Resolves when it is kept. */
  async hear(replies: readonly Reply[]): Promise<void> {
    if (!this.#desk) throw new Error('the call-out is not running');
    await this.#desk.hear(replies);
  }

  /** A person notes an answer. @throws Problem not-found */
  async answered(warningId: string, subject: string, answer: Answer, note?: string): Promise<void> {
    if (!this.#desk) throw new Error('the call-out is not running');
    await this.#desk.note(warningId, subject, answer, note);
  }

  /** What is done next about those who are silent, and when. */
  next(callout: Callout): DueStep | undefined {
    return nextStep(callout, this.clock.now());
  }

  readonly heartbeat = (): Heartbeat => this.#auditor?.heartbeat() ?? { alive: false, at: null, ageSeconds: null, faults: [] };

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.bus.leave(OWNER);
    await Promise.all([this.#climbing, this.#auditing]);
    await this.#desk?.idle();
  }

  #makeMendDesk({ openMends, withdrawMend, pointName }: CalloutConnections, logger: Logger): MendDesk {
    const { clock, settings, store } = this;
    return new MendDesk({
      numbers: store.numbers,
      warning: (id) => store.warnings.find(id),
      pointName,
      ledger: store.ledger,
      open: openMends,
      withdraw: withdrawMend,
      settings,
      clock,
      hash: stationHash,
      logger,
    });
  }

  #makeAuditor(desk: CalloutDesk, { alarm }: CalloutConnections, logger: Logger): Auditor {
    const { clock, store, metrics, settings, config } = this;
    const proved = metrics.gauge('notify', 'heartbeat_timestamp_seconds', 'When it was last proved that what was released goes out');
    const faults = metrics.counter('notify', 'audit_faults_total', 'Deliveries found to have stopped, by kind and round', ['kind']);
    const out = new HeartbeatOut({ dataDir: config.dataDir, settings, alarm, logger });
    return new Auditor({
      audit: store.deliveryAudit,
      late: (patienceMs) => desk.late(patienceMs),
      clock,
      logger,
      alarm,
      beat: (at) => {
        proved.set(at / SECOND);
        return out.beat(at);
      },
      counted: (kind, count) => faults.inc({ kind }, count),
    });
  }
}
