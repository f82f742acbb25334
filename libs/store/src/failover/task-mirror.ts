import type { LedgerEntry, TaskStore } from '#libs/alert';
import { isTaskOpen, type Task } from '#libs/contracts';

/** Tasks that are open: what has to be watched and acted on while the database is away. */
export class TaskMirror {
  readonly #open = new Map<string, Task>();

  async load(tasks: Pick<TaskStore, 'open'>): Promise<void> {
    for (const task of await tasks.open()) this.#keep(task);
  }

  written(entry: LedgerEntry): void {
    for (const task of entry.tasks ?? []) this.#keep(task);
  }

  open(): Task[] {
    return [...this.#open.values()].toSorted((a, b) => (a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.id < b.id) ? -1 : 1));
  }

  find(id: string): Task | undefined {
    return this.#open.get(id);
  }

  #keep(task: Task): void {
    if ((this.#open.get(task.id)?.version ?? 0) > task.version) return;
    if (isTaskOpen(task)) this.#open.set(task.id, task);
    else this.#open.delete(task.id);
  }
}

/** Tasks, from the database or, when it can't be asked, those that are open from the mirror. */
export const mirroredTasks = (
  database: TaskStore,
  mirror: TaskMirror,
  ask: <T>(database: () => Promise<T>, otherwise: () => T | undefined) => Promise<T>,
): TaskStore => ({
  open: () =>
    ask(
      () => database.open(),
      () => mirror.open(),
    ),
  find: (id) =>
    ask<Task | undefined>(
      () => database.find(id),
      () => mirror.find(id),
    ),
  ofWarning: (warningId) =>
    ask(
      () => database.ofWarning(warningId),
      () => mirror.open().filter((task) => task.warningId === warningId),
    ),
  list: (query) =>
    ask(
      () => database.list(query),
      () => undefined,
    ),
});
