import type { TaskAction, TaskOutcome, TaskState } from '#libs/contracts';
import { taskActions } from '#libs/contracts';

/** What can happen to a task: what people do, its deadline, and the end of what it was for. */
export const taskTriggers = [...taskActions, 'overdue', 'withdrawn'] as const;
export type TaskTrigger = (typeof taskTriggers)[number];

type Edges = Partial<Record<TaskTrigger, TaskState>>;

/** A visit ends where it is, whoever was told to make it: somebody who knocks does not wait for a dispatch. */
const visit: Edges = { visited: 'closed', refused: 'closed', failed: 'closed' };
const ends: Edges = { overdue: 'overdue', withdrawn: 'closed' };

/**
 * The task machine, whole (domain.md §2.11). `overdue` is no end: the work is still owed, and goes on from there. What was reported is looked at by a
 * second person, who closes it or sends it back. `assist` asks the technical unit (技术协查).
 */
export const taskTable: Readonly<Record<TaskState, Edges>> = {
  'to-dispatch': { dispatch: 'to-check', start: 'checking', ...visit, ...ends },
  'to-check': { dispatch: 'to-check', start: 'checking', report: 'reported', ...visit, ...ends },
  checking: { dispatch: 'to-check', assist: 'assist', report: 'reported', ...visit, ...ends },
  assist: { start: 'checking', report: 'reported', ...visit, ...ends },
  overdue: { dispatch: 'to-check', start: 'checking', assist: 'assist', report: 'reported', ...visit, withdrawn: 'closed' },
  reported: { close: 'closed', return: 'to-check', withdrawn: 'closed' },
  closed: {},
};

/** What people may do with a task in this state. Only a visit can end as one. */
export const legalTaskActions = (state: TaskState, kind: string): TaskAction[] =>
  taskActions.filter((action) => taskTable[state][action] !== undefined && (kind === 'door' || kind === 'call-back' || !(action in visit)));

/** How a task ends by what closed it. */
export const outcomeOf: Readonly<Partial<Record<TaskTrigger, TaskOutcome>>> = {
  close: 'done',
  visited: 'visited',
  refused: 'refused',
  failed: 'failed',
  withdrawn: 'withdrawn',
};
