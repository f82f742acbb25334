import { isTaskDue, Lanes, moveTask, overdueTask, taskEvent, withdrawTask, type LedgerEntry } from '#libs/alert';
import {
  insideDivision,
  isTaskOpen,
  Problem,
  Task,
  toIso,
  type Clock,
  type RegistryView,
  type SystemAlarm,
  type TaskAction,
  type TaskActionBody,
  type TimelineEntry,
  type User,
  type WallEvent,
  type WarningRecord,
} from '#libs/contracts';
import type { TaskActions } from '#libs/command';
import type { Logger } from '#libs/platform';
import type { Store } from '#libs/store';
import { stationHash } from '../entry.js';

export interface TaskDeskParts {
  store: Pick<Store, 'ledger' | 'tasks' | 'warnings'>;
  registry: RegistryView;
  clock: Clock;
  logger: Logger;
  alarm: (alarm: SystemAlarm) => void;
}

/**
 * Work people owe: the one place where a task changes after it was made, so that a deadline and a person who reports at the same moment
 * don't overwrite each other. What the ledger wrote is what it knows: whoever makes a task, in whatever entry, need not tell it.
 */
export class TaskDesk implements TaskActions {
  readonly #open = new Map<string, Task>();
  readonly #lanes = new Lanes();
  readonly #ticking = new Set<string>();
  /** Warnings with an alarm of their own. */
  readonly #alarmed = new Set<string>();

  constructor(private readonly parts: TaskDeskParts) {}

  async start(): Promise<void> {
    for (const task of await this.parts.store.tasks.open()) this.#open.set(task.id, task);
    for (const warningId of new Set([...this.#open.values()].map((task) => task.warningId))) {
      this.#sayOverdue(warningId);
      const warning = await this.parts.store.warnings.find(warningId);
      if (warning) await this.follow([warning]);
    }
  }

  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Committed events: tasks as they are now, whoever wrote them. */
  watch(events: readonly WallEvent[]): void {
    for (const { type, payload } of events) if (type === 'task.changed') this.#keep(Task.parse(payload));
  }

  /** Warnings as they were written: work for one that is over is owed no more. One that got its all-clear keeps its tasks until somebody closes it. */
  async follow(warnings: readonly WarningRecord[]): Promise<void> {
    for (const { id, state } of warnings) {
      if (state === 'candidate' || state === 'confirmed') continue;
      await this.withdraw({ warningId: id }, 'station', `预警已${endWords[state]}`).catch((error: unknown) =>
        this.parts.logger.error(
          { stage: 'alert', warningId: id, err: error },
          'tasks of a warning that is over could not be withdrawn; tried at the next start',
        ),
      );
    }
  }

  /** Open tasks of a warning, about somebody when it is named. */
  openOf(warningId: string, about?: string): Task[] {
    return [...this.#open.values()].filter((task) => task.warningId === warningId && (about === undefined || task.about === about));
  }

  /** @throws Problem not-found, illegal-transition (names what is legal), invalid-request (a note is wanted) */
  actOnTask(id: string, action: TaskAction, body: TaskActionBody, actor: User): Promise<Task> {
    return this.#lanes.run(id, async () => {
      const task = this.#open.get(id) ?? (await this.parts.store.tasks.find(id));
      if (!task || !insideDivision(task.divisionCode, actor.scope)) throw new Problem('not-found', `no task ${id} in your divisions`);
      const move = moveTask(task, action, body, actor.username, this.parts.clock.now());
      if (move.ok) return this.#write(task, move.task, actor.username);
      const { reason, legal } = move.refusal;
      if (reason === 'note-required') throw new Problem('invalid-request', `note: ${action} wants a word about what was found or why`);
      throw new Problem(
        'illegal-transition',
        `${action} is not possible on task ${id} (${task.state}); legal now: ${legal.join(', ') || 'nothing'}`,
        { obstacle: task.state, legal },
      );
    });
  }

  /** Cards to be mended: their tasks outlive the warning at which a number failed. */
  openMends(): Task[] {
    return [...this.#open.values()].filter(({ kind }) => kind === 'mend');
  }

  /** What they were for is over: open tasks of a warning, about somebody when it is named; the mending of a card only when that is named. */
  async withdraw(of: { warningId: string; about?: string; kind?: 'mend' }, by: string, note?: string): Promise<void> {
    const tasks = this.openOf(of.warningId, of.about).filter(({ kind }) => (kind === 'mend') === (of.kind === 'mend'));
    await Promise.all(
      tasks.map(({ id }) =>
        this.#lanes.run(id, async () => {
          const task = this.#open.get(id);
          if (task) await this.#write(task, withdrawTask(task, by, this.parts.clock.now(), note), by);
        }),
      ),
    );
  }

  /** Deadlines, by the wall clock. Called each second. */
  async tick(): Promise<void> {
    const now = this.parts.clock.now();
    const due = [...this.#open.values()].filter((task) => isTaskDue(task, now) && !this.#ticking.has(task.id));
    await Promise.all(due.map((task) => this.#tick(task.id)));
  }

  async #tick(id: string): Promise<void> {
    this.#ticking.add(id);
    try {
      await this.#lanes.run(id, async () => {
        const task = this.#open.get(id);
        const now = this.parts.clock.now();
        if (task && isTaskDue(task, now)) await this.#write(task, overdueTask(task, now), 'station');
      });
    } catch (error) {
      this.parts.logger.error(
        { stage: 'alert', task: id, err: error },
        'a deadline that passed could not be written; tried again in a second',
      );
    } finally {
      this.#ticking.delete(id);
    }
  }

  async #write(before: Task, task: Task, by: string): Promise<Task> {
    const warning = await this.parts.store.warnings.find(task.warningId);
    await this.parts.store.ledger.write(
      entryOfTask(before, task, by, { warning, now: this.parts.clock.now(), point: this.#pointName(task) }),
    );
    this.#keep(task);
    return task;
  }

  #keep(task: Task): void {
    if ((this.#open.get(task.id)?.version ?? 0) > task.version) return;
    if (isTaskOpen(task)) this.#open.set(task.id, task);
    else this.#open.delete(task.id);
    this.#sayOverdue(task.warningId);
  }

  /** One alarm a warning, while work it asked for is overdue. */
  #sayOverdue(warningId: string): void {
    const overdue = this.openOf(warningId).filter(({ state }) => state === 'overdue');
    const [first] = overdue;
    if (!first) {
      if (this.#alarmed.delete(warningId)) this.parts.alarm({ ...headOf(warningId), standing: false, level: 'yellow', text: overText });
      return;
    }
    this.#alarmed.add(warningId);
    const point = this.#pointName(first);
    this.parts.alarm({
      ...headOf(warningId),
      level: first.level,
      standing: true,
      about: [first.hazardPoint],
      text: {
        zh: `${point}：${overdue.length} 项任务已逾期（${overdue.map(({ title }) => title.zh).join('、')}）`,
        en: `${point}: ${overdue.length} tasks overdue (${overdue.map(({ title }) => title.en).join(', ')})`,
      },
    });
  }

  #pointName({ hazardPoint }: Task): string {
    return this.parts.registry.point(hazardPoint)?.name ?? hazardPoint;
  }
}

const headOf = (warningId: string): Pick<SystemAlarm, 'code' | 'owner'> => ({ code: `tasks-overdue:${warningId}`, owner: 'duty' });
const overText = { zh: '逾期任务已办理', en: 'Overdue tasks have been taken up' };

interface Around {
  warning: WarningRecord | undefined;
  now: number;
  point: string;
}

function entryOfTask(before: Task, task: Task, by: string, { warning, now, point }: Around): LedgerEntry {
  const last = task.steps.at(-1);
  const telling = warning && (task.state === 'overdue' || task.state === 'reported' || task.state === 'closed');
  return {
    tasks: [task],
    events: [taskEvent(task, point, now, stationHash)],
    ...(telling ? { timeline: [{ ...line(task, warning, by, now), warningId: task.warningId }] } : {}),
    audit: [
      {
        id: stationHash('task', task.id, task.version, 'audit'),
        at: now,
        actor: by,
        action: `task.${last?.what ?? 'changed'}`,
        object: `task:${task.id}`,
        detail: {
          warning: task.warningId,
          kind: task.kind,
          from: before.state,
          to: task.state,
          ...(task.about ? { about: task.about } : {}),
        },
      },
    ],
  };
}

/** What the history of the warning says of it. */
function line(task: Task, warning: WarningRecord, by: string, now: number): TimelineEntry {
  const { state, title, outcome } = task;
  const word = outcome ? outcomeWords[outcome] : stateWords[state === 'overdue' ? 'overdue' : 'reported'];
  const note = task.steps.at(-1)?.note;
  return {
    id: stationHash('task', task.id, task.version, 'timeline'),
    at: toIso(now),
    eventAt: toIso(now),
    kind: 'task',
    level: warning.level,
    state: warning.state,
    actor: by,
    reasons: [{ code: `task-${outcome ?? state}`, text: { zh: `${word[0]}：${title.zh}`, en: `${word[1]}: ${title.en}` } }],
    evidence: [],
    ...(note === undefined ? {} : { text: note }),
  };
}

const endWords = { closed: '关闭', expired: '到期', cancelled: '撤销' } as const;
const stateWords = { overdue: ['任务逾期', 'Overdue'], reported: ['任务已反馈', 'Reported'] } as const;
const outcomeWords = {
  done: ['任务已关闭', 'Closed'],
  visited: ['已当面告知', 'Met in person'],
  refused: ['拒绝撤离', 'Would not leave'],
  failed: ['未找到人', 'Nobody found'],
  withdrawn: ['任务已撤回', 'Withdrawn'],
} as const;
