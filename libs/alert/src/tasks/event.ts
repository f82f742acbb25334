import type { Task, WallEventDraft } from '#libs/contracts';
import type { Hash } from '../step/effects.js';
import { taskView } from './task.js';

/** The event that shows a task as it stands, without a name. */
export const taskEvent = (task: Task, pointName: string, at: number, hash: Hash): WallEventDraft => ({
  id: hash('task', task.id, task.version),
  type: 'task.changed',
  at,
  divisionCode: task.divisionCode,
  payload: taskView(task, pointName),
});
