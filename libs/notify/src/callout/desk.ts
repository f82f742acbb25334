import type { Ledger, LedgerEntry } from '#libs/alert';
import { Lanes, taskEvent } from '#libs/alert';
import {
  DAY,
  Problem,
  Task,
  type Callout,
  type CalloutParty,
  type Clock,
  type Settings,
  type WallEvent,
  type WarningView,
} from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { Reply } from '../ports.js';
import { CalloutBook } from './book.js';
import { AlarmBoard, alarmsOf } from './alarms.js';
import { endedCallout, entryOfEffects, newestOf, noEffects, takeAnswer, takeTask, type CalloutEffects } from './effects.js';
import { hear, replyId, WRITE_BACK_EVERY_MS } from './hear.js';
import { concerned, listFor, nextStep, stepped, workFor, type DueStep, type LadderTools } from '../ladder/ladder.js';
import { isOpen, isSilent, type Answer } from '../ladder/party.js';
import type { CalloutStore, CalloutSurroundings } from './ports.js';
import { carriedOver, endOf } from '../ladder/succession.js';

/** Silent ones worked on in one entry: more would hold up the readings' event loop and everybody behind the ledger. */
const SLICE = 200;
/** Times a call-out is looked for, a second apart: fewer may miss one while the database is away, more ask for what never comes. */
const LOOKS = 3;
/** Everything runs in one lane: an answer and a step at the same moment must not overwrite each other. */
const LANE = 'callout';

export interface CalloutDeskParts {
  store: CalloutStore;
  ledger: Ledger;
  clock: Clock;
  logger: Logger;
  settings: () => Settings;
  hash: (...parts: readonly (string | number)[]) => string;
  /** Whether a call can be made. */
  voice: () => boolean;
  surroundings: () => CalloutSurroundings;
  /** Somebody answered, or a step was done: what the wall shows of this warning has changed. */
  changed: (warningId: string) => void;
}

/**
 * The call-out (叫应): takes answers, climbs the ladder for those who are silent, ends with the warning. Every change is one ledger entry;
 * the book is what was committed. All of it follows from (snapshot, answers, time), so that a restart repeats nothing and forgets nothing.
 */
export class CalloutDesk {
  readonly #book = new CalloutBook();
  readonly #lanes = new Lanes();
  readonly #writtenBack = new Map<string, number>();
  readonly #alarms: AlarmBoard;
  /** Releases whose call-out was not in the store yet when they were heard of: looked for again. */
  readonly #missing = new Map<string, { warning: WarningView; looks: number }>();

  constructor(private readonly parts: CalloutDeskParts) {
    this.#alarms = new AlarmBoard((alarm) => parts.surroundings().alarm(alarm), parts.logger);
  }

  async start(): Promise<void> {
    const { store, clock } = this.parts;
    for (const whole of await store.recent(clock.now() - DAY)) this.#book.take(whole);
    for (const { phone, at } of await store.writtenBack(clock.now() - WRITE_BACK_EVERY_MS)) this.#writtenBack.set(phone, at);
    for (const warningId of new Set(this.#book.callouts().map((callout) => callout.warningId))) await this.#sayAlarms(warningId);
  }

  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Committed events: a release begins or ends a call-out, a task that was taken up or done is an answer. */
  watch(events: readonly WallEvent[]): void {
    for (const { type, payload } of events)
      if (type === 'warning.release' || type === 'warning.state') this.#behind(() => this.#follow(payload as WarningView));
      else if (type === 'task.changed') {
        const task = Task.parse(payload);
        if (task.about !== undefined && (task.kind === 'door' || task.kind === 'call-back')) this.#behind(() => this.#taskMoved(task));
      }
  }

  /** Resolves when every reply is kept, with what it leads to; the provider is told "received" then. */
  hear(replies: readonly Reply[]): Promise<void> {
    return this.#lanes.run(LANE, () => this.#hear(replies));
  }

  /**
   * A person with an account notes the answer of a household or of one of the chain.
   * @param subject `household:<card id>`, or the recipient of a delivery
   * @throws Problem not-found when nobody of that name has to answer this warning
   */
  note(warningId: string, subject: string, answer: Answer, note?: string): Promise<CalloutParty> {
    return this.#lanes.run(LANE, async () => {
      const found = this.#find(warningId, subject);
      if (!found) throw new Problem('not-found', `nobody ${subject} has to answer warning ${warningId}`);
      const effects = noEffects();
      const party = takeAnswer(effects, found.callout, found.party, answer, this.#tools());
      const [line] = effects.audit;
      if (line && note !== undefined) line.detail = { ...line.detail, noted: true };
      await this.#write(found.callout, effects);
      return party;
    });
  }

  /** Steps that are due, by the wall clock. Called each second; a round that is still under way is not begun again. */
  tick(): Promise<void> {
    return this.#lanes.run(LANE, async () => {
      const now = this.parts.clock.now();
      this.#book.forget(now);
      for (const { warning } of this.#missing.values()) await this.#follow(warning);
      for (const callout of this.#book.running()) {
        const due = nextStep(callout, now);
        if (due && due.at <= now) await this.#climb(callout);
      }
    });
  }

  /** Ladders that have stopped: a step that has been due for longer than `patienceMs`, with somebody silent. */
  late(patienceMs: number): { warningId: string; hazardPoint: string }[] {
    const now = this.parts.clock.now();
    return this.#book.running().filter((callout) => {
      const due = nextStep(callout, now);
      return due !== undefined && due.at < now - patienceMs && concerned(due.step, this.#book.parties(callout.id)).length > 0;
    });
  }

  /** Makes up for everything that is due, one step after another. */
  async #climb(begun: Callout): Promise<void> {
    for (let callout: Callout | undefined = begun; callout;) {
      const now = this.parts.clock.now();
      const due = nextStep(callout, now);
      if (!due || due.at > now) return;
      const parties = this.#book.parties(callout.id);
      // Nobody is left on the list. The steps before it are noted as time goes by, so that a late cry for help does not set off all at once.
      if (due.step === 'list' && !parties.some(isOpen)) return;
      await this.#step(callout, due, concerned(due.step, parties));
      callout = this.#book.callout(callout.id);
    }
  }

  async #step(callout: Callout, due: DueStep, silent: readonly CalloutParty[]): Promise<void> {
    const { ledger, logger } = this.parts;
    const tools = this.#tools();
    for (let from = 0; from < silent.length; from += SLICE) {
      const { deliveries, tasks } = workFor(callout, due, silent.slice(from, from + SLICE), tools);
      const events = tasks.map((task) => taskEvent(task, callout.pointName, tools.now, tools.hash));
      if (deliveries.length + tasks.length > 0) await ledger.write({ deliveries, tasks, events });
    }
    const done = stepped(callout, due, silent.length, tools.now);
    await ledger.write({ callouts: [done], deliveries: silent.length > 0 ? listFor(callout, due, silent, tools) : [] });
    this.#book.keep(done);
    logger.info({ warningId: callout.warningId, scope: callout.scope, step: due.step, silent: silent.length }, 'call-out: a step was done');
    this.parts.changed(callout.warningId);
    await this.#sayAlarms(callout.warningId);
  }

  async #hear(replies: readonly Reply[]): Promise<void> {
    const { store, logger } = this.parts;
    const tools = this.#tools();
    const known = new Set(await this.#unlessAway(() => store.known(replies.map((reply) => replyId(reply, tools))), []));
    const effects = noEffects();
    const changed = new Map<string, CalloutParty>();
    for (const reply of replies) {
      const id = replyId(reply, tools);
      if (known.has(id)) continue;
      known.add(id);
      const of = reply.outId === undefined ? undefined : await this.#unlessAway(() => store.deliveryOf(reply.outId ?? ''), undefined);
      const isOf = of && ((callout: Callout) => callout.warningId === of.warningId && callout.scope === of.scope);
      const match = this.#book.match(reply.from, tools.now, isOf) ?? this.#book.match(reply.from, tools.now);
      const record = hear(effects, reply, match, {
        ...tools,
        current: (party) => changed.get(party.id) ?? party,
        writtenBackAt: (phone) => this.#writtenBack.get(phone),
      });
      for (const party of effects.parties) changed.set(party.id, party);
      if (record.answered) this.#writtenBack.set(record.from, tools.now);
      logger.info({ warningId: record.warningId, meaning: record.meaning, channel: record.channel, ambiguous: record.ambiguous }, 'reply');
    }
    if (effects.replies.length > 0) await this.#write(undefined, { ...effects, parties: newestOf(effects.parties) });
  }

  /** A warning moved: takes up what its release froze, ends what is over. */
  async #follow(warning: WarningView): Promise<void> {
    const { store, clock } = this.parts;
    for (const whole of await store.ofWarning(warning.id)) this.#book.take(whole);
    const callouts = this.#book.ofWarning(warning.id);
    const now = clock.now();
    for (const callout of callouts.filter(({ endedAt }) => endedAt === null)) {
      const reason = endOf(callout, warning, callouts);
      if (!reason) continue;
      const effects: CalloutEffects = { ...noEffects(), callouts: [endedCallout(callout, reason, now)] };
      const successor = callouts.find(
        (other) => other.scope === callout.scope && other.endedAt === null && other.releaseVersion > callout.releaseVersion,
      );
      if (successor) effects.parties.push(...carriedOver(this.#book.parties(callout.id), this.#book.parties(successor.id)));
      await this.#write(callout, effects);
      if (reason !== 'superseded')
        for (const party of this.#book.parties(callout.id).filter(isSilent)) await this.#withdraw(callout, party);
    }
    this.#lookAgain(warning);
    await this.#sayAlarms(warning.id);
    this.parts.changed(warning.id);
  }

  /** The copy that is asked without the database may learn of an entry a moment after its event. A release nobody has to answer has none at all. */
  #lookAgain(warning: WarningView): void {
    const looks = (this.#missing.get(warning.id)?.looks ?? 0) + 1;
    const known = this.#book.ofWarning(warning.id);
    const complete = (['public', 'internal'] as const).every((scope) => {
      const { version, state } = warning.releases[scope];
      return (state !== 'published' && state !== 'adjusted') || known.some((one) => one.scope === scope && one.releaseVersion === version);
    });
    if (complete || looks > LOOKS) this.#missing.delete(warning.id);
    else this.#missing.set(warning.id, { warning, looks });
  }

  async #taskMoved(task: Task): Promise<void> {
    const found = this.#find(task.warningId, task.about ?? '');
    if (!found) return;
    const { callout, party } = found;
    const effects = noEffects();
    takeTask(effects, callout, party, task, this.#tools());
    if (effects.parties.length > 0) await this.#write(callout, effects);
  }

  /** One entry, then the book, then what follows outside: alarms, tasks that are needed no more. */
  async #write(callout: Callout | undefined, effects: CalloutEffects): Promise<void> {
    const tools = this.#tools();
    const entry: LedgerEntry = entryOfEffects(effects, callout?.pointName ?? this.#pointNameOf(effects), tools);
    await this.parts.ledger.write(entry);
    for (const each of effects.callouts) this.#book.keep(each);
    for (const party of effects.parties) this.#book.keepParty(party);
    const touched = new Set<string>();
    for (const party of effects.parties) {
      const of = this.#book.callout(party.calloutId);
      if (!of) continue;
      touched.add(of.warningId);
      if (!isOpen(party)) await this.#withdraw(of, party);
    }
    for (const warningId of touched) {
      await this.#sayAlarms(warningId);
      this.parts.changed(warningId);
    }
  }

  /** Whoever has answered need not be knocked on or called; only where there is a task to be withdrawn. */
  async #withdraw(callout: Callout, party: CalloutParty): Promise<void> {
    if (!callout.steps.some(({ step }) => step === 'knock') && party.helpAt === undefined) return;
    const of = { warningId: callout.warningId, about: party.subject };
    try {
      await this.parts.surroundings().withdraw(of, 'station', party.ack);
    } catch (error) {
      this.parts.logger.error({ warningId: callout.warningId, err: error }, 'a task that is needed no more could not be withdrawn');
    }
  }

  #sayAlarms(warningId: string): Promise<void> {
    const callouts = this.#book.ofWarning(warningId).map((callout) => ({ callout, parties: this.#book.parties(callout.id) }));
    return this.#alarms.say(warningId, alarmsOf(callouts));
  }

  #find(warningId: string, subject: string): { callout: Callout; party: CalloutParty } | undefined {
    const newest = this.#book.ofWarning(warningId).toSorted((a, b) => b.releaseVersion - a.releaseVersion);
    for (const callout of newest) {
      const party = this.#book.parties(callout.id).find((one) => subject === one.subject || subject.startsWith(`${one.subject}:`));
      if (party) return { callout, party };
    }
    return undefined;
  }

  #pointNameOf({ parties }: CalloutEffects): string {
    const [party] = parties;
    return (party && this.#book.callout(party.calloutId)?.pointName) ?? '';
  }

  #tools(): LadderTools {
    const { settings, clock, hash, voice } = this.parts;
    return { settings: settings(), now: clock.now(), hash, voice: voice() };
  }

  /** Without the database nobody remembers whose message it was or what came yesterday; every record is idempotent, so that does no harm. */
  async #unlessAway<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'the store does not answer; the reply is taken without it');
      return otherwise;
    }
  }

  #behind(work: () => Promise<void>): void {
    void this.#lanes.run(LANE, work).catch((error: unknown) => {
      this.parts.logger.error({ err: error }, 'call-out: an event could not be followed; the next one or a restart makes up for it');
    });
  }
}
