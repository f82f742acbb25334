import type {
  HeldBack,
  IndicatorValue,
  MessageKind,
  PublicMessage,
  Reason,
  Task,
  ReleaseScope,
  RuleRef,
  TimelineEntry,
  WallEventType,
  WarningAction,
  WarningLevel,
  WarningRecord,
} from '#libs/contracts';
import { HOUR, MINUTE, levelRank, toIso } from '#libs/contracts';
import type { Effects, StepContext } from './effects.js';
import { isOpen, stepEpisode, type EpisodeTrigger } from '../machine/episode.js';
import { onsetOf } from './onset.js';
import type { AskOrder, TellOrder } from './orders.js';
import { because, type AlertReason } from '../machine/reasons.js';
import { isOver, stepRelease, type ReleaseTrigger } from '../machine/release.js';
import { taskEvent } from '../tasks/event.js';
import { inspectionTask, plannedTasks } from '../tasks/planned.js';
import { warningView } from './view.js';
import { nextAsked, waitsFor } from './waiting.js';

/** Who moves the warning, and on what evidence. */
export interface StepCause {
  /** Login name of a person, or `station`. */
  actor: string;
  /** Event time of what caused it, epoch ms. */
  eventAt: number;
  action?: WarningAction;
  rule?: RuleRef;
  reasons?: readonly Reason[];
  evidence?: readonly IndicatorValue[];
  text?: string;
}

/**
 * One change of one warning, collected: every machine move, message, timeline entry, event and audit record of it under
 * one new version. Asking a machine for an edge it has not got is a programming error and throws; callers ask `obstacle` first.
 */
export class Step {
  readonly record: WarningRecord;
  readonly #before: WarningRecord | undefined;
  readonly #timeline: TimelineEntry[] = [];
  readonly #orders: TellOrder[] = [];
  readonly #tasks: Task[] = [];
  readonly #events = new Set<WallEventType>();
  readonly #supersede = new Map<ReleaseScope, number>();
  readonly #named: AlertReason[] = [];
  /** The level rose, was confirmed or came back in this step: only then is there anything new for people already told. */
  rose = false;

  constructor(
    record: WarningRecord,
    readonly context: StepContext,
    readonly cause: StepCause,
    opening = false,
  ) {
    this.#before = opening ? undefined : record;
    this.record = { ...record, releases: { ...record.releases }, version: opening ? 1 : record.version + 1, updatedAt: toIso(context.now) };
  }

  /** The first step of a warning. */
  get opening(): boolean {
    return this.#before === undefined;
  }

  /** The rule holds a level again, whichever. */
  get returned(): boolean {
    return this.#before?.active === false && this.record.active;
  }

  get changed(): boolean {
    return this.#timeline.length > 0;
  }

  episode(trigger: EpisodeTrigger, reason: AlertReason): void {
    const step = stepEpisode(this.record.state, trigger);
    if (!step.ok) throw new Error(`episode ${this.record.state} knows no ${trigger}; legal: ${step.legal.join(', ') || 'nothing'}`);
    this.record.state = step.state;
    const at = toIso(this.context.now);
    if (step.state === 'confirmed') {
      this.rose = true;
      this.record.confirmedAt ??= at;
    }
    if (!isOpen(step.state)) {
      this.record.endedAt = at;
      delete this.record.heldBack;
      delete this.record.countersign;
      delete this.record.latched;
    }
    this.note('state', reason);
    this.#events.add('warning.state');
  }

  level(level: WarningLevel, reason: AlertReason): void {
    if (levelRank(level) > levelRank(this.record.level) || reason === 'rule-returned') this.rose = true;
    this.record.level = level;
    if (levelRank(level) > levelRank(this.record.peak)) this.record.peak = level;
    this.note('level', reason);
    this.#events.add('warning.level');
  }

  /** Moves a release without a message. */
  move(scope: ReleaseScope, trigger: ReleaseTrigger, reason: AlertReason, message?: PublicMessage): void {
    const step = stepRelease(scope, this.record.releases[scope].state, trigger);
    if (!step.ok)
      throw new Error(
        `${scope} release ${this.record.releases[scope].state} knows no ${trigger}; legal: ${step.legal.join(', ') || 'nothing'}`,
      );
    this.patch(scope, { state: step.state });
    this.note('release', reason, { scope, release: step.state, ...(message ? { message } : {}) });
    this.#events.add('warning.release');
  }

  /** Moves a release and tells the scope: the one place where the version of a release rises and a message is ordered. */
  tell(scope: ReleaseScope, trigger: ReleaseTrigger, kind: MessageKind, level: WarningLevel, reason: AlertReason): void {
    const release = this.record.releases[scope];
    const version = release.version + 1;
    const at = toIso(this.context.now);
    this.patch(scope, { level, version, dueAt: null, publishedAt: release.publishedAt ?? at, told: toldOf(release.told, kind, level) });
    if (release.first === undefined) this.patch(scope, { first: { version, level, at } });
    if (trigger === 'plan-publish' || trigger === 'plan-adjust') this.#unratified(scope);
    else if (trigger !== 'expire') this.ratified(scope);
    delete this.record.countersign;
    const references = release.first ?? null;
    const onsetAt = onsetOf(this.record, this.context);
    this.#orders.push({
      warningId: this.record.id,
      scope,
      kind,
      level,
      version,
      previousLevel: release.level,
      references,
      ...(onsetAt === undefined ? {} : { onsetAt }),
    });
    if (kind === 'warning') this.#plan(level);
    if (kind === 'inspect') this.#tasks.push(inspectionTask(level, this.record, this.context.now, this.context.hash));
    // Messages of older versions that have not left yet are overtaken; two of the same step are not each other's rivals.
    if (!this.#supersede.has(scope)) this.#supersede.set(scope, version);
    this.move(scope, trigger, reason, scope === 'public' ? this.#said(version, kind, level) : undefined);
    if (isOver(this.record.releases[scope].state)) this.patch(scope, { dueAt: null });
    if (scope === 'internal') this.#toldInside(kind, level);
  }

  /** Somebody stands behind what was published. */
  ratified(scope: ReleaseScope): void {
    const { ratifyBy: _, ratifyOverdue: __, ...rest } = this.record.releases[scope];
    this.record.releases[scope] = { ...rest, ratified: true };
  }

  /** A plan spoke: a person has to stand behind it in time. A second message of the plan leaves the first deadline as it is. */
  #unratified(scope: ReleaseScope): void {
    const waiting = this.record.releases[scope];
    const by = toIso(this.context.now + this.context.settings.alert.ratifyMinutes * MINUTE);
    this.patch(scope, { ratified: false, ratifyBy: waiting.ratified ? by : (waiting.ratifyBy ?? by) });
  }

  /** What the plan asks for at a level becomes tasks, once. */
  #plan(level: WarningLevel): void {
    const { record, context } = this;
    if (record.planned?.includes(level)) return;
    record.planned = [...(record.planned ?? []), level];
    this.#tasks.push(...plannedTasks(context.plan, level, record, context.now, context.hash));
  }

  /** The message as the public gets it, with the place as the register has it now. */
  #said(version: number, kind: MessageKind, level: WarningLevel): PublicMessage {
    const { name, kind: hazard, longitude, latitude, dangerZone } = this.context.point;
    const place = { name, kind: hazard, longitude, latitude, ...(dangerZone ? { dangerZone } : {}) };
    return { version, kind, level, expiresAt: this.record.expiresAt, place };
  }

  /** What has been told is held back no longer; whoever was warned need not be asked to look. */
  #toldInside(kind: MessageKind, level: WarningLevel): void {
    const { heldBack } = this.record;
    if (!heldBack) return;
    const left = (held: WarningLevel | null): WarningLevel | null => (held !== null && levelRank(held) > levelRank(level) ? held : null);
    this.hold({ ...heldBack, inspect: left(heldBack.inspect), warning: kind === 'inspect' ? heldBack.warning : left(heldBack.warning) });
  }

  /** Keeps in the record what was not told, and what keeps it back; nothing left to tell takes the mark away. */
  hold(mark: HeldBack | undefined): void {
    if (mark && (mark.inspect !== null || mark.warning !== null)) this.record.heldBack = mark;
    else delete this.record.heldBack;
  }

  patch(scope: ReleaseScope, change: Partial<WarningRecord['releases']['public']>): void {
    this.record.releases[scope] = { ...this.record.releases[scope], ...change };
  }

  note(kind: TimelineEntry['kind'], reason: AlertReason, about: Pick<TimelineEntry, 'scope' | 'release' | 'message'> = {}): void {
    const { actor, eventAt, action, rule, reasons = [], evidence = [], text } = this.cause;
    const fromRule = kind === 'opened' || kind === 'level' || kind === 'state' || kind === 'task';
    this.#named.push(reason);
    this.#timeline.push({
      id: this.context.hash(this.record.id, this.record.version, 'timeline', this.#timeline.length),
      at: toIso(this.context.now),
      eventAt: toIso(eventAt),
      kind,
      level: this.record.level,
      state: this.record.state,
      ...about,
      ...(action ? { action } : {}),
      actor,
      ...(rule ? { rule } : {}),
      reasons: [because(reason), ...(fromRule ? reasons : [])],
      evidence: fromRule ? [...evidence] : [],
      ...(text === undefined ? {} : { text }),
    });
  }

  /** Shows the warning as it stands although no machine moved (acknowledged, scheduled). */
  show(type: WallEventType): void {
    this.#events.add(type);
  }

  /** A rise keeps the warning valid from now, by the wall clock also in a drill (domain.md §2.8: 24 h). */
  extendValidity(): void {
    this.record.expiresAt = toIso(this.context.now + this.context.settings.validityHours * HOUR);
  }

  /** Somebody is asked for what waits for a person; what waits no more is not asked again. */
  #ask(): AskOrder[] {
    const { record, context } = this;
    const next = isOpen(record.state) ? nextAsked(record, context) : undefined;
    if (next) {
      this.patch('public', { asked: next });
      if (next.step > 0) this.note('note', next.what === 'ratify' ? 'ratify-asked-above' : 'decide-asked-above', { scope: 'public' });
      if (next.step > 0) this.show('warning.release');
      return [{ ...next, warningId: record.id, scope: 'internal', version: record.releases.internal.version }];
    }
    const { asked, ...rest } = record.releases.public;
    if (asked && (!isOpen(record.state) || waitsFor(record, context) === undefined)) record.releases.public = rest;
    return [];
  }

  finish(openConsultation: boolean): Effects {
    const { hash, now, point } = this.context;
    const { record } = this;
    const asks = this.#ask();
    const opened = this.#before === undefined;
    // An opening says level and state itself; a release in the same step is still news of its own.
    const types = opened
      ? ['warning.opened' as const, ...[...this.#events].filter((type) => type === 'warning.release')]
      : [...this.#events];
    const payload = warningView(record, { pointName: point.name, timeline: this.#timeline });
    return {
      warnings: [record],
      timeline: this.#timeline.map((entry) => ({ ...entry, warningId: record.id })),
      orders: this.#orders.map((order) => ({ order, warning: record })),
      asks: asks.map((ask) => ({ ask, warning: record })),
      tasks: this.#tasks,
      supersede: [...this.#supersede].map(([scope, beforeVersion]) => ({ warningId: record.id, scope, beforeVersion })),
      events: [
        ...types.map((type) => ({ id: hash(record.id, record.version, type), type, at: now, divisionCode: record.divisionCode, payload })),
        ...this.#tasks.map((task) => taskEvent(task, point.name, now, hash)),
      ],
      audit: [
        {
          id: hash(record.id, record.version, 'audit'),
          at: now,
          actor: this.cause.actor,
          action: this.cause.action ? `warning.${this.cause.action}` : opened ? 'warning.opened' : 'warning.changed',
          object: `warning:${record.id}`,
          detail: {
            hazardPoint: record.hazardPoint,
            level: record.level,
            state: record.state,
            internal: record.releases.internal.state,
            public: record.releases.public.state,
            version: record.version,
            reasons: this.#named,
          },
        },
      ],
      openConsultation,
      reason: this.#named[0] ?? 'unchanged',
    };
  }
}

/** What the scope has been told, after this message. That a message lapsed tells nothing new of the level. */
function toldOf(before: WarningRecord['releases']['public']['told'], kind: MessageKind, level: WarningLevel) {
  const told = before ?? { inspect: null, warning: null };
  if (kind === 'expired') return told;
  return kind === 'inspect' ? { ...told, inspect: level } : { ...told, warning: level };
}
