import { HOUR, Task, taskActions, taskStates, toIso, type TaskAction } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { T0, warningOf } from '../fakes/fixtures.js';
import { legalTaskActions, taskTable, taskTriggers } from './machine.js';
import { isTaskDue, makeTask, moveTask, overdueTask, taskView, withdrawTask } from './task.js';

const made = (change: Partial<Task> = {}): Task => ({
  ...makeTask(
    { id: 't1', kind: 'response', title: { zh: '巡查', en: 'Patrol' }, owner: { role: 'monitor' }, within: HOUR },
    warningOf(),
    T0,
  ),
  ...change,
});
const moved = (task: Task, action: TaskAction, body = {}, at = T0 + 1): Task => {
  const move = moveTask(task, action, body, 'li', at);
  if (!move.ok) throw new Error(`${action}: ${JSON.stringify(move.refusal)}`);
  return move.task;
};

/** The whole table once more by hand: a changed edge must be changed twice. */
const edges = [
  'to-dispatch dispatch to-check',
  'to-dispatch start checking',
  'to-check dispatch to-check',
  'to-check start checking',
  'to-check report reported',
  'checking dispatch to-check',
  'checking assist assist',
  'checking report reported',
  'assist start checking',
  'assist report reported',
  'overdue dispatch to-check',
  'overdue start checking',
  'overdue assist assist',
  'overdue report reported',
  'reported close closed',
  'reported return to-check',
  'reported withdrawn closed',
  'overdue withdrawn closed',
  ...['to-dispatch', 'to-check', 'checking', 'assist'].flatMap((state) => [`${state} overdue overdue`, `${state} withdrawn closed`]),
  ...['to-dispatch', 'to-check', 'checking', 'assist', 'overdue'].flatMap((state) =>
    ['visited', 'refused', 'failed'].map((visit) => `${state} ${visit} closed`),
  ),
];

describe('tasks', () => {
  it('have exactly these edges', () => {
    const there = taskStates.flatMap((state) =>
      taskTriggers.flatMap((trigger) => (taskTable[state][trigger] ? [`${state} ${trigger} ${taskTable[state][trigger]}`] : [])),
    );
    expect(there.toSorted()).toEqual(edges.toSorted());
    expect(legalTaskActions('to-check', 'response')).toEqual(['dispatch', 'start', 'report']);
    expect(legalTaskActions('to-check', 'door')).toContain('visited');
  });

  it('go from the plan to a person, to a report, and are closed by somebody who read it', () => {
    const given = moved(made(), 'dispatch', { person: 'wang' });
    expect(given).toMatchObject({ state: 'to-check', owner: { role: 'monitor', person: 'wang' } });
    const done = moved(moved(given, 'start'), 'report', { note: '后缘裂缝新增 2 cm' }, T0 + HOUR / 2);
    expect(done).toMatchObject({ state: 'reported', doneAt: toIso(T0 + HOUR / 2), owner: { person: 'li' } });
    const again = moved(done, 'return', { note: '请补照片' });
    expect(again).toMatchObject({ state: 'to-check' });
    expect(again.doneAt).toBeUndefined();
    const closed = moved(moved(again, 'report', { note: '已补' }, T0 + 50), 'close', {}, T0 + 60);
    expect(closed).toMatchObject({ state: 'closed', outcome: 'done', doneAt: toIso(T0 + 50), version: 7 });
    expect(closed.steps.map(({ what }) => what)).toEqual(['created', 'dispatch', 'start', 'report', 'return', 'report', 'close']);
    expect(Task.parse(closed)).toEqual(closed);
  });

  it('named in person are dispatched already; knocking on a door ends it', () => {
    const door = makeTask(
      {
        id: 'd1',
        kind: 'door',
        title: { zh: '敲门', en: 'Knock' },
        owner: { role: 'village', person: 'chen' },
        about: 'household:c1',
        within: HOUR,
      },
      warningOf(),
      T0,
    );
    expect(door).toMatchObject({ state: 'to-check', about: 'household:c1' });
    expect(moved(door, 'visited')).toMatchObject({ state: 'closed', outcome: 'visited' });
    expect(moveTask(door, 'refused', {}, 'li', T0)).toMatchObject({ ok: false, refusal: { reason: 'note-required' } });
  });

  it('are overdue once, by the wall clock, and the work goes on from there', () => {
    const late = made();
    expect([isTaskDue(late, T0 + HOUR - 1), isTaskDue(late, T0 + HOUR)]).toEqual([false, true]);
    const overdue = overdueTask(late, T0 + HOUR);
    expect(overdue).toMatchObject({ state: 'overdue', overdueAt: toIso(T0 + HOUR) });
    const started = moved(overdue, 'start', {}, T0 + HOUR + 1);
    expect(started).toMatchObject({ state: 'checking', overdueAt: toIso(T0 + HOUR) });
    expect(isTaskDue(started, T0 + 9 * HOUR)).toBe(false);
    expect(isTaskDue(moved(late, 'start'), T0 + HOUR)).toBe(true);
    expect(isTaskDue(moved(moved(late, 'start'), 'report', { note: '正常' }), T0 + HOUR)).toBe(false);
    expect(withdrawTask(overdue, 'li', T0)).toMatchObject({ state: 'closed', outcome: 'withdrawn' });
  });

  it('never reach a state the table does not name, whatever people do in whatever order', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let run = 0; run < 300; run += 1) {
      let task = made({ kind: random(2) ? 'door' : 'response' });
      for (let n = 0; n < 12; n += 1) {
        const action = taskActions[random(taskActions.length)] ?? 'start';
        const now = T0 + n * 600_000;
        if (isTaskDue(task, now)) task = overdueTask(task, now);
        const { state, version } = task;
        const move = moveTask(task, action, { note: '…' }, 'li', now);
        expect(move.ok).toBe(taskView(task, 'P', {}).legal.includes(action));
        if (move.ok) {
          task = move.task;
          expect(task).toMatchObject({ state: taskTable[state][action], version: version + 1 });
        }
        expect(task.state === 'closed').toBe(task.outcome !== undefined);
      }
    }
  });
});
