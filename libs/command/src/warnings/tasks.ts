import { taskView } from '#libs/alert';
import { TaskAction, type Page, type QueryOf, type Task, type TaskActionBody, type TaskView, type User } from '#libs/contracts';
import { mayReadPersonalData } from '../identity/access.js';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { maskName } from '../identity/masking.js';
import type { ScopedView } from '../identity/scope.js';
import { actionNamed } from './action-word.js';

/** Actions on tasks, carried out by the alert stage, one after another for each task. */
export interface TaskActions {
  /** @throws Problem not-found, illegal-transition (names what is legal), invalid-request (a note is wanted) */
  actOnTask(id: string, action: TaskAction, body: TaskActionBody, actor: User): Promise<Task>;
}

/** Newest first. @throws Problem out-of-scope */
export async function listTasks(context: CommandContext, view: ScopedView, query: QueryOf<'listTasks'>): Promise<Page<TaskView>> {
  if (query.hazardPoint !== undefined) view.point(query.hazardPoint);
  const { items, nextCursor } = await context.store.tasks.list({ ...query, scope: view.user.scope });
  return { items: await shown(context, view, items), nextCursor };
}

export async function getTask(context: CommandContext, view: ScopedView, id: string): Promise<TaskView> {
  return one(context, view, await view.task(id));
}

/** Acts as the user of the session. @throws Problem out-of-scope, not-found (no such action), illegal-transition, invalid-request */
export async function actOnTask(
  context: CommandContext,
  view: ScopedView,
  id: string,
  actionWord: string,
  body: TaskActionBody,
): Promise<TaskView> {
  const action = actionNamed(actionWord, TaskAction.options, 'task');
  const { id: known } = await view.task(id);
  return one(context, view, await context.tasks.actOnTask(known, action, body, view.user));
}

async function one(context: CommandContext, view: ScopedView, task: Task): Promise<TaskView> {
  const [it] = await shown(context, view, [task]);
  if (!it) throw new TypeError('a task has one view');
  return it;
}

/** With the names of the households they are about: in full for who calls people, which is audited; masked for everybody else. */
async function shown(context: CommandContext, view: ScopedView, tasks: readonly Task[]): Promise<TaskView[]> {
  const names = await householders(context, tasks);
  const full = mayReadPersonalData(view.user);
  const views = tasks.map((task) => {
    const name = task.about === undefined ? undefined : names.get(partyOf(task.about));
    const aboutName = name === undefined || full ? name : maskName(name);
    const { name: pointName = task.hazardPoint } = context.registry.point(task.hazardPoint) ?? {};
    return taskView(task, pointName, { aboutName });
  });
  const named = views.filter(({ aboutName }) => aboutName !== undefined).length;
  if (full && named > 0) await record(context, view.user.username, 'personal-data.read', 'tasks', { count: named });
  return views;
}

/** `household:<card id>` of whoever of it a task is about. */
const partyOf = (about: string): string => about.split(':').slice(0, 2).join(':');

/** Householder by `household:<card id>`, of the points these tasks are of. */
async function householders(context: CommandContext, tasks: readonly Task[]): Promise<Map<string, string>> {
  const points = new Set(tasks.filter(({ about }) => about?.startsWith('household:')).map(({ hazardPoint }) => hazardPoint));
  const cards = await Promise.all([...points].map((point) => context.store.cards.cardsOf(point)));
  return new Map(cards.flatMap(({ householdCards }) => householdCards.map(({ id, householder }) => [`household:${id}`, householder])));
}
