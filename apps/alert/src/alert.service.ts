import { Inject, Injectable } from '@nestjs/common';
import { act, isDue, isOpen, judge, Lanes, nothing, tick, together } from '#libs/alert';
import type { Actor, Effects, LedgerEntry, StepContext } from '#libs/alert';
import type { WarningActions } from '#libs/command';
import type { CarriedOut, CarryOut } from '#libs/consult';
import type {
  Clock,
  DeliveryChannel,
  HazardPoint,
  RegistryView,
  Settings,
  SystemAlarm,
  TimelineEntry,
  User,
  WallEvent,
  WallEventDraft,
  WarningAction,
  WarningActionBody,
  WarningRecord,
  WarningView,
} from '#libs/contracts';
import { insideDivision, Problem, SECOND } from '#libs/contracts';
import type { Health, Logger } from '#libs/platform';
import { token } from '#libs/platform';
import { StoreAway, type Store } from '#libs/store';
import type { Judgement } from '#libs/stream';
import { stepContext, viewOf, type Surroundings } from './context.js';
import { entryOf, stationHash, type EntryStore } from './entry.js';
import { Newest } from './newest.js';
import { notReady, refused } from './refused.js';
import { untilDone } from './retry.js';
import { TaskDesk } from './tasks/task-desk.js';
import { Watches } from './watches/watches.js';

export type AlertStore = EntryStore & Pick<Store, 'ledger' | 'warnings' | 'tasks' | 'events' | 'judgements'>;

/**
 * Attempts at an entry the database refuses although it is there: a fault of ours, or data it can't hold. Without an end the point's
 * next readings would wait behind it, and after them those of every point; given up, the point is grey, on record, and begun again.
 */
const ATTEMPTS_REFUSED = 5;

/**
 * The alert stage: decisions, actions and the clock, one after another for each hazard point, each written as one ledger
 * entry (promises 2 and 4) before anything after it looks at the warning.
 */
@Injectable()
export class AlertService implements WarningActions {
  readonly #lanes = new Lanes();
  readonly #newest: Newest;
  readonly #stopping = new AbortController();
  /** Points whose judgement waits for the database. */
  readonly #waiting = new Set<string>();
  readonly #ticking = new Set<string>();
  readonly #watches: Watches;
  /** Work people owe because of warnings, of every kind. */
  readonly tasks: TaskDesk;
  #alarm: (alarm: SystemAlarm) => Promise<void> = () => Promise.resolve();
  #sends: (channel: DeliveryChannel) => boolean = () => false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(token.store) readonly store: AlertStore,
    @Inject(token.registry) readonly registry: RegistryView,
    @Inject(token.settings) readonly settings: () => Settings,
    @Inject(token.clock) readonly clock: Clock,
    @Inject(token.logger) readonly logger: Logger,
    @Inject(token.health) readonly health: Health,
  ) {
    this.#newest = new Newest(store.warnings);
    this.tasks = new TaskDesk({ store, registry, clock, logger, alarm: (alarm) => this.#raise([alarm]) });
    this.#watches = new Watches({ events: store.events, registry, settings, clock, raise: (alarms) => this.#raise(alarms) });
  }

  /** Which channels there are: what has no driver is not planned. */
  connectChannels(sends: (channel: DeliveryChannel) => boolean): void {
    this.#sends = sends;
  }

  /** Loads the open warnings and starts the clock of validity and delayed releases. */
  async start(): Promise<void> {
    const open = await this.#newest.load();
    await this.tasks.start();
    await this.#watches.start(this.#newest.open());
    for (const mark of await this.store.judgements.marks()) this.#newest.judged(mark.hazardPoint, mark.judgedTo);
    this.#timer = setInterval(() => {
      void this.tick();
    }, SECOND);
    this.#timer.unref();
    this.health.set('alert', 'ok', `${open} open warnings`);
  }

  /** Lets what is being written finish; what waits for a database gives up and is judged again at the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#lanes.idle();
    await this.tasks.idle();
  }

  /**
   * One judgement: its mark and everything it produced, in one entry. Resolves when that is durable; while the database is
   * away it waits and repeats, so the point's decisions keep their order.
   */
  apply(judgement: Judgement): Promise<void> {
    return this.#lanes.run(judgement.hazardPoint, () => this.#apply(judgement));
  }

  async #apply(judgement: Judgement): Promise<void> {
    const { decision, hazardPoint, mark } = judgement;
    if (!decision) return;
    const point = this.registry.point(hazardPoint);
    if (!point) {
      this.logger.error({ stage: 'alert', hazardPoint }, 'a judgement of a point that is not registered was dropped');
      return;
    }
    // Fixed before the first attempt, so that every attempt writes the very same entry.
    const context = this.#context(point);
    let prepared: { entry: LedgerEntry; effects: Effects } | undefined;
    await this.#untilWritten(hazardPoint, async () => {
      prepared ??= await this.#prepare(judgement, context);
      await this.store.ledger.write({ ...prepared.entry, judgement: mark });
    });
    if (!prepared) return;
    this.#written(prepared.effects.warnings);
    const { reason, warnings } = prepared.effects;
    this.logger.info(
      { stage: 'alert', hazardPoint, level: decision.level, certainty: decision.certainty, reason, warningId: warnings.at(-1)?.id },
      'judged',
    );
  }

  async #prepare(judgement: Judgement, context: StepContext): Promise<{ entry: LedgerEntry; effects: Effects }> {
    const { decision, mark, state } = judgement;
    if (!decision) throw new TypeError('a judgement without decision is not written here');
    const newest = await this.#newest.of(judgement.hazardPoint);
    const stale = mark.judgedTo < (this.#newest.judgedTo(judgement.hazardPoint) ?? mark.judgedTo);
    const effects = stale ? nothing('already-judged') : judge(newest, decision, context);
    const entry = await this.#entry(effects, context, effects.warnings.at(-1) ?? newest);
    const level: WallEventDraft = {
      id: stationHash(judgement.hazardPoint, 'level', mark.judgedTo, decision.eventAt, decision.level, decision.certainty ?? ''),
      type: 'point.level',
      at: context.now,
      divisionCode: context.point.divisionCode,
      payload: state,
    };
    this.#newest.judged(judgement.hazardPoint, mark.judgedTo);
    return { effects, entry: { ...entry, events: [...(entry.events ?? []), level] } };
  }

  /** @throws Problem `not-found`, `forbidden`, `illegal-transition` (names what is legal), `not-ready` (database away) */
  async act(warningId: string, action: WarningAction, body: WarningActionBody, actor: User): Promise<WarningRecord> {
    const { username, roles } = actor;
    const { warning } = await this.#carryOut(warningId, () => [{ action, body }], actor, { username, roles }, {});
    return warning;
  }

  /** What a signed decision asks for: the signature has the authority, and `alongside` is written in the same entry. */
  carryOut: CarryOut = (warningId, next, user, alongside, decidedBy) => {
    const actor: Actor = { username: user.username, roles: user.roles, authority: 'signed-decision', decidedBy };
    return this.#carryOut(warningId, next, user, actor, alongside);
  };

  async #carryOut(warningId: string, next: Parameters<CarryOut>[1], user: User, actor: Actor, alongside: LedgerEntry): Promise<CarriedOut> {
    const { hazardPoint } = await this.#find(warningId, user);
    if (this.#waiting.has(hazardPoint)) throw notReady();
    return this.#lanes.run(hazardPoint, async () => {
      let warning = await this.#find(warningId, user);
      const context = this.#context(this.#point(hazardPoint));
      let effects = nothing('nothing-to-do');
      const done: WarningAction[] = [];
      let queue = [...next(warning)];
      for (let step = queue.shift(); step; step = queue.shift()) {
        const outcome = act(warning, step.action, step.body, actor, context);
        if (!outcome.ok) throw refused(outcome.refusal, warning);
        effects = together(effects, outcome.effects);
        warning = outcome.effects.warnings.at(-1) ?? warning;
        done.push(step.action);
        // Confirming may have published by plan: what is left to do is asked again.
        if (step.action === 'confirm') queue = next(warning).filter((one) => one.action !== 'confirm');
      }
      await this.#once(effects, context, warning, alongside);
      return { done, warning };
    });
  }

  /** Validity, delayed releases and ended silences of every open warning, by the wall clock. Called each second. */
  async tick(): Promise<void> {
    this.#watches.tick();
    const due = this.#newest.open().filter((warning) => {
      const point = this.registry.point(warning.hazardPoint);
      return point !== undefined && isDue(warning, this.#context(point)) && !this.#ticking.has(warning.hazardPoint);
    });
    await Promise.all([this.tasks.tick(), ...due.map((warning) => this.#tick(warning.hazardPoint))]);
  }

  async #tick(hazardPoint: string): Promise<void> {
    this.#ticking.add(hazardPoint);
    try {
      await this.#lanes.run(hazardPoint, async () => {
        const warning = await this.#newest.of(hazardPoint);
        const context = this.#context(this.#point(hazardPoint));
        if (warning && isOpen(warning.state)) await this.#once(tick(warning, context), context, warning, {});
      });
    } catch (error) {
      this.logger.error({ stage: 'alert', hazardPoint, err: error }, 'what is due could not be written; tried again in a second');
    } finally {
      this.#ticking.delete(hazardPoint);
    }
  }

  /** Where alarms of the system are shown. */
  connectAlarms(alarm: (alarm: SystemAlarm) => Promise<void>): void {
    this.#alarm = alarm;
  }

  /** Committed events: tasks as they are, devices that fall silent together. */
  watch(events: readonly WallEvent[]): void {
    this.tasks.watch(events);
    this.#watches.heard(events);
  }

  #raise(alarms: readonly SystemAlarm[]): void {
    for (const alarm of alarms)
      void this.#alarm(alarm).catch((error: unknown) =>
        this.logger.error({ stage: 'alert', alarm: alarm.code, err: error }, 'an alarm could not be told'),
      );
  }

  /** What a warning rose together with, for whoever asks. */
  readonly areaEvent: Surroundings['areaEvent'] = (warning, visible) => this.#watches.areaEvent(warning, visible);

  /** The HTTP form of a warning, for answers and events alike; without a user nothing is said of what may be done. */
  readonly view = (record: WarningRecord, timeline: readonly TimelineEntry[] = [], asking?: User): WarningView =>
    viewOf(record, timeline, asking, this);

  #point(hazardPoint: string): HazardPoint {
    const point = this.registry.point(hazardPoint);
    if (!point) throw new Problem('not-found', `hazard point ${hazardPoint} of this warning is not registered`);
    return point;
  }

  #context(point: HazardPoint): StepContext {
    return stepContext(point, this);
  }

  #entry(effects: Effects, context: StepContext, warning: WarningRecord | undefined): Promise<LedgerEntry> {
    const { point, settings, now } = context;
    const devices = new Set(this.registry.devicesOf(point.unifiedCode).map(({ deviceId }) => deviceId));
    const channels = new Set<DeliveryChannel>(this.#sends('voice') ? ['sms', 'voice'] : ['sms']);
    return entryOf({ effects, warning, point, devices, channels, settings, now }, this.store, this.logger);
  }

  async #find(warningId: string, user: User): Promise<WarningRecord> {
    const record = this.#newest.byId(warningId) ?? (await this.store.warnings.find(warningId));
    if (!record || !insideDivision(record.divisionCode, user.scope))
      throw new Problem('not-found', `no warning ${warningId} in your divisions`);
    return record;
  }

  /** Writes what a person or the clock did: once, for somebody waits for the answer. The outcome of a failure is unknown, so the record is read again. */
  async #once(effects: Effects, context: StepContext, warning: WarningRecord, alongside: LedgerEntry): Promise<void> {
    try {
      const entry = await this.#entry(effects, context, warning);
      await this.store.ledger.write({
        ...entry,
        consultations: [...(alongside.consultations ?? []), ...(entry.consultations ?? [])],
        events: [...(entry.events ?? []), ...(alongside.events ?? [])],
        audit: [...(entry.audit ?? []), ...(alongside.audit ?? [])],
      });
    } catch (error) {
      this.#newest.doubt(warning.hazardPoint);
      if (error instanceof Problem) throw error;
      this.logger.error({ stage: 'alert', warningId: warning.id, err: error }, 'a warning could not be written');
      throw notReady();
    }
    this.#written(effects.warnings);
  }

  /** Records that are durable: what the next step starts from, and what is watched over all points. */
  #written(warnings: readonly WarningRecord[]): void {
    this.#newest.remember(warnings);
    this.#watches.follow(warnings);
    void this.tasks.follow(warnings);
  }

  async #untilWritten(hazardPoint: string, work: () => Promise<void>): Promise<void> {
    await untilDone(work, {
      signal: this.#stopping.signal,
      hopeful: (error, attempt) => error instanceof StoreAway || attempt < ATTEMPTS_REFUSED,
      failed: (error, attempt) => {
        this.#waiting.add(hazardPoint);
        this.health.set('alert', 'degraded', `${this.#waiting.size} points wait for the database; nothing is lost, warnings are late`);
        this.logger.error({ stage: 'alert', hazardPoint, attempt, err: error }, 'a judgement could not be written; trying again');
      },
    }).finally(() => {
      if (this.#waiting.delete(hazardPoint) && this.#waiting.size === 0) this.health.set('alert', 'ok', 'nothing waits any more');
    });
  }
}
