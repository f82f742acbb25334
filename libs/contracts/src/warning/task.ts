import { z } from 'zod';
import { UnifiedCode } from '../point/ids.js';
import { WarningLevel } from '../point/level.js';
import { IsoTime } from '../time/time.js';

/**
 * What somebody has to do because of a warning: `response` a step of the response plan, `inspect` look at the slope, `door` knock on the door of a
 * household nobody reached (敲门), `call-back` call somebody who asked for help, `mend` correct a number no message reaches.
 */
export const taskKinds = ['response', 'inspect', 'door', 'call-back', 'mend'] as const;
export const TaskKind = z.enum(taskKinds);
export type TaskKind = z.infer<typeof TaskKind>;

/** 待派发/待核查/核查中/技术协查/已反馈/已关闭/已逾期 (domain.md §2.11). `overdue`: nobody has reported by the deadline; work can go on from there. */
export const taskStates = ['to-dispatch', 'to-check', 'checking', 'assist', 'reported', 'overdue', 'closed'] as const;
export const TaskState = z.enum(taskStates);
export type TaskState = z.infer<typeof TaskState>;

/** `POST /tasks/{id}/{action}`. The last three end a visit: somebody was met, would not go, or was not found. */
export const taskActions = ['dispatch', 'start', 'assist', 'report', 'return', 'close', 'visited', 'refused', 'failed'] as const;
export const TaskAction = z.enum(taskActions);
export type TaskAction = z.infer<typeof TaskAction>;

/** How it ended. `withdrawn`: what it was for is over. */
export const taskOutcomes = ['done', 'visited', 'refused', 'failed', 'withdrawn'] as const;
export const TaskOutcome = z.enum(taskOutcomes);
export type TaskOutcome = z.infer<typeof TaskOutcome>;

/** Whose business a task is, from the monitor at the slope to the county. Only some of them have an account: duty acts for the others and says who it was. */
export const taskRoles = ['monitor', 'responsible', 'village', 'township', 'duty', 'signer', 'expert', 'technical'] as const;
export const TaskRole = z.enum(taskRoles);
export type TaskRole = z.infer<typeof TaskRole>;

/** What is to be done, in the words of who wrote the plan. */
export const TaskText = z.object({ zh: z.string().min(1).max(120), en: z.string().min(1).max(240) });

export const TaskStep = z.object({
  at: IsoTime,
  /** User name, or `station`. */
  by: z.string(),
  /** What moved it; `created`, `overdue` and `withdrawn` are the station's. */
  what: z.union([TaskAction, z.enum(['created', 'overdue', 'withdrawn'])]),
  to: TaskState,
  note: z.string().optional(),
});
export type TaskStep = z.infer<typeof TaskStep>;

/** One piece of work with an owner and a deadline. `id` is a hash of what it is for, so that making it twice makes it once. */
export const Task = z.object({
  id: z.string(),
  kind: TaskKind,
  state: TaskState,
  warningId: z.string(),
  hazardPoint: UnifiedCode,
  divisionCode: z.string(),
  exercise: z.boolean(),
  level: WarningLevel,
  title: TaskText,
  /** Recipient it is about, as in a delivery: `household:<card id>`. A reference, never a name or a number. */
  about: z.string().optional(),
  owner: z.object({
    role: TaskRole,
    /** User name of who is to do it, or of who took it up. */
    person: z.string().optional(),
  }),
  createdAt: IsoTime,
  dueAt: IsoTime,
  /** When the deadline passed without a report. Stays, whatever happens afterwards. */
  overdueAt: IsoTime.optional(),
  /** When somebody reported, or it was closed. */
  doneAt: IsoTime.optional(),
  outcome: TaskOutcome.optional(),
  steps: z.array(TaskStep),
  version: z.number().int(),
});
export type Task = z.infer<typeof Task>;

export const isTaskOpen = ({ state }: Pick<Task, 'state'>): boolean => state !== 'closed';

/** Answer of the API and payload of `task.changed`. `legal` is empty in events, which go to many. */
export const TaskView = Task.extend({
  pointName: z.string(),
  /** Whom it is about, masked by role; absent in events. */
  aboutName: z.string().optional(),
  legal: z.array(TaskAction).default([]),
});
export type TaskView = z.infer<typeof TaskView>;

export const TaskActionBody = z.object({
  /** `dispatch`: user name of who is to do it. */
  person: z.string().min(1).max(40).optional(),
  /** What was found, who did it on the spot. */
  note: z.string().trim().min(1).max(500).optional(),
});
export type TaskActionBody = z.infer<typeof TaskActionBody>;
