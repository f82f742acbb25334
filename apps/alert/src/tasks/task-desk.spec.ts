import { beforeEach, describe, expect, it } from 'vitest';
import { makeTask, type TaskWanted } from '#libs/alert';
import { HOUR, toIso, type SystemAlarm, type Task, type User } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { RegistryIndex } from '#libs/command';
import { pointOf, T0, warningOf } from '../../../../libs/alert/src/fakes/fixtures.js';
import { MemoryStore } from '../fakes/memory-store.js';
import { TaskDesk } from './task-desk.js';

const user = (username: string, scope = ''): User => ({
  id: username,
  username,
  displayName: username,
  roles: ['duty'],
  scope,
  createdAt: toIso(T0),
});
const wanted: TaskWanted = { id: 't1', kind: 'door', title: { zh: '敲门', en: 'Knock' }, owner: { role: 'village' }, within: HOUR };

describe('the task desk', () => {
  let store: MemoryStore;
  let now: number;
  let alarms: SystemAlarm[];
  let desk: TaskDesk;
  const make = (change: Partial<TaskWanted> = {}): Task => makeTask({ ...wanted, ...change }, warningOf(), T0);
  const begin = async (...tasks: Task[]): Promise<void> => {
    await store.ledger.write({ tasks, warnings: [warningOf()] });
    await desk.start();
  };
  const newDesk = (): TaskDesk => {
    const registry = new RegistryIndex();
    registry.putPoint(pointOf());
    return new TaskDesk({
      store,
      registry,
      clock: { now: () => now },
      logger: createLogger('silent'),
      alarm: (alarm) => void alarms.push(alarm),
    });
  };

  beforeEach(() => {
    store = new MemoryStore();
    now = T0;
    alarms = [];
    desk = newDesk();
  });

  it('the mending of a card outlives its warning, and ends when that is named', async () => {
    const about = 'household:c1:householder';
    await begin(make({ about }), make({ id: 't2', kind: 'mend', about }));
    await desk.follow([warningOf({ state: 'closed' })]);
    expect(desk.openMends().map(({ id }) => id)).toEqual(['t2']);
    expect(desk.openOf('w1').map(({ id }) => id)).toEqual(['t2']);
    await desk.withdraw({ warningId: 'w1', about, kind: 'mend' }, 'station', '号码已更正');
    expect(desk.openMends()).toEqual([]);
  });

  it('writes task, event, audit and the line in the warning’s history as one entry', async () => {
    await begin(make());
    const done = await desk.actOnTask('t1', 'visited', { note: '已带至安置点' }, user('li'));
    expect(done).toMatchObject({ state: 'closed', outcome: 'visited' });
    const entry = store.entries.at(-1);
    expect(entry).toMatchObject({
      tasks: [{ id: 't1', version: 2 }],
      events: [{ type: 'task.changed', payload: { pointName: '望山坡', legal: [] } }],
      timeline: [{ kind: 'task', actor: 'li', text: '已带至安置点', reasons: [{ code: 'task-visited' }] }],
      audit: [{ action: 'task.visited', actor: 'li', object: 'task:t1' }],
    });
    expect(desk.openOf('w1')).toEqual([]);
  });

  it('refuses what is illegal naming what is legal, wants a word where one is due, and knows areas', async () => {
    await begin(make());
    await expect(desk.actOnTask('t1', 'close', {}, user('li'))).rejects.toMatchObject({
      code: 'illegal-transition',
      extra: { legal: expect.arrayContaining(['start']) as string[] },
    });
    await expect(desk.actOnTask('t1', 'failed', {}, user('li'))).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(desk.actOnTask('t1', 'start', {}, user('zhao', '99'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('watches the deadline: overdue once, an alarm that stands until somebody takes it up, also after a restart', async () => {
    await begin(make(), make({ id: 't2' }));
    now = T0 + HOUR;
    await desk.tick();
    await desk.tick();
    expect([...store.taskRows.values()].map(({ state, version }) => `${state} ${version}`)).toEqual(['overdue 2', 'overdue 2']);
    expect(alarms.at(-1)).toMatchObject({ code: 'tasks-overdue:w1', standing: true, level: 'red', owner: 'duty' });
    expect(store.lines.filter(({ reasons }) => reasons[0]?.code === 'task-overdue')).toHaveLength(2);
    desk = newDesk();
    alarms.length = 0;
    await desk.start();
    expect(alarms).toMatchObject([{ standing: true }]);
    await desk.actOnTask('t1', 'start', {}, user('li'));
    expect(alarms.at(-1)?.standing).toBe(true);
    await desk.actOnTask('t2', 'start', {}, user('li'));
    expect(alarms.at(-1)).toMatchObject({ standing: false, code: 'tasks-overdue:w1' });
  });

  it('knows what others made or closed by what was committed, and withdraws what is about one household', async () => {
    await begin(make({ id: 'a', about: 'household:1' }), make({ id: 'b', about: 'household:2' }));
    desk.watch([
      {
        seq: 1,
        id: 'e',
        type: 'task.changed',
        at: T0,
        divisionCode: '513221',
        payload: { ...make({ id: 'c', about: 'household:1' }), pointName: 'P', legal: [] },
      },
    ]);
    expect(desk.openOf('w1', 'household:1').map(({ id }) => id)).toEqual(['a', 'c']);
    await desk.withdraw({ warningId: 'w1', about: 'household:1' }, 'station', '已回复');
    expect(desk.openOf('w1').map(({ id }) => id)).toEqual(['b']);
    expect(store.taskRows.get('c')).toMatchObject({ state: 'closed', outcome: 'withdrawn', version: 2 });
  });

  it('lets a deadline and a person at the same moment not overwrite each other', async () => {
    await begin(make());
    now = T0 + HOUR;
    const person = user('li');
    await Promise.all([desk.tick(), desk.actOnTask('t1', 'start', {}, person), desk.actOnTask('t1', 'report', { note: '正常' }, person)]);
    const task = store.taskRows.get('t1');
    expect(task?.steps.map(({ what }) => what)).toEqual(['created', 'overdue', 'start', 'report']);
    expect(task?.version).toBe(4);
  });
});
