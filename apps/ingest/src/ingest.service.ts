import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { codecOf, replyCodecOf } from '#devices';
import type { Clock, CodecTools, DeviceCatalogue, DeviceReply, RegistryView, StageBus } from '#libs/contracts';
import {
  GroupCommitter,
  Intake,
  Resends,
  type CommitOutcome,
  type Packet,
  type ReadingBatch,
  type ReadingStore,
  type Rerequest,
} from '#libs/ingest';
import { sha256, stageLogger, token, type Health, type Logger, type Metrics } from '#libs/platform';
import type { Store } from '#libs/store';
import { GapWatch } from './gap-watch.js';
import { ingestMetrics, type IngestMetrics } from './ingest.metrics.js';
import { takeUp } from './take-up.js';

/**
 * Readings that may wait for a commit, and that may be stored and not yet judged. At 300 bytes each some 6 MB. Less: a burst
 * after an outage of the network is slowed for nothing; more: the last of them is judged later than a warning may take.
 */
const MAX_WAITING = 20_000;
/** Readings in one commit: some 30 ms of the database, which is what the slowest PUBACK of a burst then costs. */
const MAX_BATCH = 3_000;

/** Stage `ingest`: decode → validate → flag → dedupe → group-commit → announce. */
@Injectable()
export class IngestService {
  readonly #resends = new Resends();
  #metrics: IngestMetrics | undefined;
  #intake: Intake | undefined;
  #committer: GroupCommitter | undefined;
  #deaf: string | undefined;
  #tools: CodecTools = { sha256 };
  #gaps: GapWatch | undefined;
  #rerequest: Rerequest | undefined;
  #replies: ((replies: readonly DeviceReply[], at: number) => Promise<void>) | undefined;

  constructor(
    @Inject(token.store) private readonly store: Pick<Store, 'readings'> & Partial<Pick<Store, 'gaps' | 'recent'>>,
    @Inject(token.registry) private readonly registry: RegistryView,
    @Inject(token.catalogue) private readonly catalogue: DeviceCatalogue,
    @Inject(token.bus) private readonly bus: StageBus,
    @Inject(token.logger) private readonly logger: Logger,
    @Inject(token.metrics) private readonly metrics: Metrics,
    @Inject(token.health) private readonly health: Health,
    @Inject(token.clock) private readonly clock: Clock,
  ) {}

  /** Who takes answers of devices to commands: PUBACK of an answer leaves when it resolves. Call before `start`. */
  connect(replies: (replies: readonly DeviceReply[], at: number) => Promise<void>): void {
    this.#replies = replies;
  }

  /** What encrypted payloads need besides; without it they go to quarantine. Call before `start`. */
  equip(tools: CodecTools): void {
    this.#tools = { ...this.#tools, ...tools };
  }

  /** Reads the last seq; after this packets are accepted. @throws when the store does not answer */
  async start(): Promise<void> {
    const lastSeq = await this.store.readings.lastSeq();
    this.#metrics ??= ingestMetrics(this.metrics);
    this.#intake = new Intake({
      registry: this.registry,
      catalogue: this.catalogue,
      codecOf: (topic) => codecOf(topic) ?? replyCodecOf(topic),
      newId: randomUUID,
      tools: this.#tools,
    });
    this.#committer = new GroupCommitter({
      store: this.#timed(this.store.readings, this.#metrics),
      lastSeq,
      maxWaiting: MAX_WAITING,
      maxBatch: MAX_BATCH,
      announce: async (readings) => {
        await this.bus.publish('readings.stored', { readings });
        // After it: whatever goes wrong with gaps, the readings have been judged.
        this.#gaps?.follow(readings);
      },
      announceFailed: (error) => this.#announceFailed(error),
      committed: ({ packets }, outcome) => this.#metrics?.[outcome ? 'accepted' : 'rejected'].inc(packets),
      // The end of a turn of the event loop: what the sockets had has been read, and what was answered has left.
      turn: (work) => void setImmediate(work),
    });
    await this.#takeUp(this.#intake);
    this.health.set('ingest', 'ok');
  }

  /** Who can ask a device for its history; gaps found from now on are asked for. */
  connectRerequest(rerequest: Rerequest): void {
    this.#rerequest = rerequest;
    this.#gaps?.connect(rerequest);
  }

  /** Resolves when everything in the packet is durable; rejects when it is not (the device must send it again). */
  accept(packet: Packet): Promise<void> {
    const committer = this.#committer;
    const intake = this.#intake;
    if (!committer || !intake) return Promise.reject(new Error('ingest is not running'));
    const earlier = packet.dup ? this.#resends.earlier(packet.deviceId, resendKey(packet), packet.receivedAt) : undefined;
    if (earlier) {
      this.#metrics?.resent.inc();
      return earlier;
    }
    // One promise a packet, the committer's: nearly every packet finds room.
    if (committer.hasRoom) return this.#take(packet, intake, committer);
    return new Promise((resolve) => committer.whenRoom(() => resolve(this.#take(packet, intake, committer))));
  }

  /** Accepts nothing more and waits until all that was accepted is committed and announced. */
  async stop(): Promise<void> {
    const committer = this.#committer;
    this.#committer = undefined;
    await committer?.drain();
    await this.#gaps?.stop();
  }

  /** Without the past the station goes on all the same: flags that look back need some samples first. */
  async #takeUp(intake: Intake): Promise<void> {
    const { gaps: log, recent } = this.store;
    try {
      if (log) {
        this.#gaps ??= new GapWatch({ log, registry: this.registry, logger: this.log, metrics: this.metrics });
        if (this.#rerequest) this.#gaps.connect(this.#rerequest);
        await this.#gaps.start();
      }
      if (recent) await takeUp(recent, intake, this.#gaps, this.registry, this.clock.now());
    } catch (error) {
      this.log.warn({ err: error }, 'the readings before this start could not be read: flags that look back begin anew');
    }
  }

  #take(packet: Packet, intake: Intake, committer: GroupCommitter): Promise<void> {
    const { readings, quarantine, facts, replies, stamped } = intake.read(packet);
    if (facts.length > 0)
      this.log.debug({ deviceId: packet.deviceId, facts: facts.map(({ name, value }) => `${name}=${value}`) }, 'device facts');
    for (const { reason, detail } of quarantine) {
      this.#metrics?.quarantined.inc({ reason });
      this.log.info({ deviceId: packet.deviceId, topic: packet.topic, reason, detail }, 'quarantined');
    }
    const heard = replies && replies.length > 0 ? this.#replies?.(replies, packet.receivedAt) : undefined;
    if (readings.length + quarantine.length === 0) {
      this.#metrics?.accepted.inc();
      return heard ?? Promise.resolve();
    }
    const done = committer.add(readings, quarantine);
    if (stamped) this.#resends.remember(packet.deviceId, resendKey(packet), packet.receivedAt, done);
    // A packet may hold both: neither is acknowledged without the other.
    return heard ? Promise.all([heard, done]).then(() => undefined) : done;
  }

  #timed(readings: ReadingStore, metrics: IngestMetrics): ReadingStore {
    return {
      lastSeq: () => readings.lastSeq(),
      commit: async (batch) => {
        const started = performance.now();
        try {
          const outcome = await readings.commit(batch);
          this.#committed(batch, outcome, metrics);
          return outcome;
        } catch (error) {
          this.#commitFailed(batch, error);
          throw error;
        } finally {
          metrics.commitSeconds.observe((performance.now() - started) / 1000);
          const { readings: waiting, unannounced } = this.#committer?.backlog ?? { readings: 0, unannounced: 0 };
          metrics.waiting.set(waiting);
          metrics.unannounced.set(unannounced);
        }
      },
    };
  }

  #committed(batch: ReadingBatch, outcome: CommitOutcome, metrics: IngestMetrics): void {
    const refused = outcome.refused.length;
    metrics.commitReadings.observe(batch.readings.length);
    metrics.stored.inc(outcome.storedSeqs.size);
    metrics.duplicate.inc(Math.max(0, batch.readings.length - outcome.storedSeqs.size - refused));
    if (refused > 0) {
      metrics.quarantined.inc({ reason: 'store-refused' }, refused);
      this.log.warn(
        { readings: refused, devices: [...new Set(outcome.refused.map(({ deviceId }) => deviceId))] },
        'the store refused readings: quarantined',
      );
    }
    if (this.#deaf) this.health.set('ingest', 'degraded', this.#deaf);
    else this.health.set('ingest', 'ok');
  }

  #commitFailed(batch: ReadingBatch, error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.health.set('ingest', 'degraded', `the last commit failed, devices send again: ${detail}`);
    this.log.warn({ readings: batch.readings.length, error: detail }, 'commit failed, nothing of it is acknowledged');
  }

  /** The readings are stored and will be judged after the next start (promise 2); until then a person must know. */
  #announceFailed(error: unknown): void {
    this.#deaf = 'a stage failed on stored readings: they are judged after a restart';
    this.health.set('ingest', 'degraded', this.#deaf);
    this.log.error({ err: error }, this.#deaf);
  }

  private get log(): Logger {
    return (this.#log ??= stageLogger(this.logger, 'ingest'));
  }
  #log: Logger | undefined;
}

const resendKey = (packet: Packet): string => `${packet.topic} ${sha256(packet.payload)}`;
