import type { Task, TaskAction, TaskActionBody, TaskState, TaskView, WarningRecord } from '#libs/contracts';
import { fromIso, isTaskOpen, toIso } from '#libs/contracts';
import { legalTaskActions, outcomeOf, taskTable, type TaskTrigger } from './machine.js';

export interface TaskWanted extends Pick<Task, 'id' | 'kind' | 'title' | 'owner'> {
  /** Of it: `household:<card id>`. */
  about?: string;
  /** How long somebody has, ms. */
  within: number;
  /** Who makes it; `station` when absent. */
  by?: string;
  note?: string;
}

/** Work that arises from a warning. Somebody named in person need not be looked for: it is dispatched already. */
export function makeTask(
  wanted: TaskWanted,
  warning: Pick<WarningRecord, 'id' | 'hazardPoint' | 'divisionCode' | 'exercise' | 'level'>,
  now: number,
): Task {
  const state: TaskState = wanted.owner.person === undefined ? 'to-dispatch' : 'to-check';
  const note = wanted.note === undefined ? {} : { note: wanted.note };
  return {
    id: wanted.id,
    kind: wanted.kind,
    state,
    warningId: warning.id,
    hazardPoint: warning.hazardPoint,
    divisionCode: warning.divisionCode,
    exercise: warning.exercise,
    level: warning.level,
    title: wanted.title,
    ...(wanted.about === undefined ? {} : { about: wanted.about }),
    owner: wanted.owner,
    createdAt: toIso(now),
    dueAt: toIso(now + wanted.within),
    steps: [{ at: toIso(now), by: wanted.by ?? 'station', what: 'created', to: state, ...note }],
    version: 1,
  };
}

export type TaskRefusal = { reason: 'illegal-transition' | 'note-required'; legal: TaskAction[] };
export type TaskMove = { ok: true; task: Task } | { ok: false; refusal: TaskRefusal };

/** What cannot be undone or believed without a word: what was found, why somebody would not go, why it is sent back. */
const wantsNote: ReadonlySet<TaskAction> = new Set(['report', 'return', 'refused', 'failed', 'assist']);

/** One action of a person on a task. @param now wall clock, epoch ms */
export function moveTask(task: Task, action: TaskAction, body: TaskActionBody, by: string, now: number): TaskMove {
  const legal = legalTaskActions(task.state, task.kind);
  if (!legal.includes(action)) return { ok: false, refusal: { reason: 'illegal-transition', legal } };
  if (wantsNote.has(action) && body.note === undefined) return { ok: false, refusal: { reason: 'note-required', legal } };
  const moved = stepped(task, action, by, now, body.note);
  const person = action === 'dispatch' ? body.person : action === 'start' ? (body.person ?? by) : undefined;
  return { ok: true, task: person === undefined ? moved : { ...moved, owner: { ...moved.owner, person } } };
}

/** Whether its deadline has passed and nobody has said so yet. */
export const isTaskDue = (task: Task, now: number): boolean =>
  task.overdueAt === undefined && taskTable[task.state].overdue !== undefined && fromIso(task.dueAt) <= now;

/** Its deadline has passed. */
export const overdueTask = (task: Task, now: number): Task => ({ ...stepped(task, 'overdue', 'station', now), overdueAt: toIso(now) });

/** What it was for is over. */
export const withdrawTask = (task: Task, by: string, now: number, note?: string): Task => stepped(task, 'withdrawn', by, now, note);

function stepped(task: Task, trigger: TaskTrigger, by: string, now: number, note?: string): Task {
  const to = taskTable[task.state][trigger];
  if (to === undefined) throw new Error(`a task that is ${task.state} knows no ${trigger}`);
  const outcome = outcomeOf[trigger];
  const done = to === 'reported' || (to === 'closed' && task.doneAt === undefined);
  const { doneAt: _, ...rest } = task;
  return {
    ...(trigger === 'return' ? rest : task),
    state: to,
    ...(done ? { doneAt: toIso(now) } : {}),
    ...(outcome === undefined ? {} : { outcome }),
    steps: [...task.steps, { at: toIso(now), by, what: trigger, to, ...(note === undefined ? {} : { note }) }],
    version: task.version + 1,
  };
}

/** Its form for people. @param asking without one (events) nothing is said of what may be done, nor of whom it is about */
export const taskView = (task: Task, pointName: string, asking?: { aboutName?: string | undefined }): TaskView => ({
  ...task,
  pointName,
  ...(asking?.aboutName === undefined ? {} : { aboutName: asking.aboutName }),
  legal: asking && isTaskOpen(task) ? legalTaskActions(task.state, task.kind) : [],
});
