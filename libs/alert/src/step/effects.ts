import type { AuditRecord, HazardPoint, PlanLevels, Settings, Task, TimelineEntry, WallEventDraft, WarningRecord } from '#libs/contracts';
import type { AskOrder, TellOrder } from './orders.js';
import type { Quiet } from '../judge/quiet.js';

/** Hash of the parts, hex: the station's deterministic ids. Handed in, because the core knows no crypto. */
export type Hash = (...parts: readonly (string | number)[]) => string;

/** What a step needs to know besides the warning. `now` is the wall clock, epoch ms; `eventNow` the point's own clock. */
export interface StepContext {
  point: HazardPoint;
  settings: Settings;
  now: number;
  eventNow: number;
  hash: Hash;
  /** What is done at each level; the default plan where the point has none of its own. */
  plan: PlanLevels;
  /** What keeps messages back at `now`. */
  quiet: Quiet;
}

/** Everything one decision, action or tick produced; written together or not at all. */
export interface Effects {
  /** Changed records; with a new episode the one it ends comes first. */
  warnings: WarningRecord[];
  timeline: (TimelineEntry & { warningId: string })[];
  /** Messages to plan, each with its warning as it stands after the step. */
  orders: { order: TellOrder; warning: WarningRecord }[];
  /** What is asked of the officer on duty and those above, each with its warning. */
  asks: { ask: AskOrder; warning: WarningRecord }[];
  /** Work that arises. */
  tasks: Task[];
  supersede: { warningId: string; scope: 'internal' | 'public'; beforeVersion: number }[];
  events: WallEventDraft[];
  audit: AuditRecord[];
  /** The warning now asks for a consultation (orange or red confirmed, or a corroborating red candidate). Once a warning: the caller knows whether one exists. */
  openConsultation: boolean;
  /** Why this happened, or why nothing did. */
  reason: string;
}

/** No effect, and why: a decision that changes nothing says so. */
export const nothing = (reason: string): Effects => ({
  warnings: [],
  timeline: [],
  orders: [],
  asks: [],
  tasks: [],
  supersede: [],
  events: [],
  audit: [],
  openConsultation: false,
  reason,
});

/** `first` then `second`, as one. */
export const together = (first: Effects, second: Effects): Effects => ({
  warnings: [...first.warnings, ...second.warnings],
  timeline: [...first.timeline, ...second.timeline],
  orders: [...first.orders, ...second.orders],
  asks: [...first.asks, ...second.asks],
  tasks: [...first.tasks, ...second.tasks],
  supersede: [...first.supersede, ...second.supersede],
  events: [...first.events, ...second.events],
  audit: [...first.audit, ...second.audit],
  openConsultation: first.openConsultation || second.openConsultation,
  reason: second.reason,
});
