import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '#libs/contracts';
import { toIso } from '#libs/contracts';
import { TaskMirror } from '../failover/task-mirror.js';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgTasks, taskStatement } from './task.js';

const t0 = Date.parse('2026-11-21T04:00:00Z');
const task = (n: number, more: Partial<Task> = {}): Task => ({
  id: `T${n}`,
  kind: 'response',
  state: 'to-check',
  warningId: 'W1',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  exercise: false,
  level: 'red',
  title: { zh: '巡查', en: 'Patrol' },
  owner: { role: 'monitor' },
  createdAt: toIso(t0 + n),
  dueAt: toIso(t0 + 1000 - n),
  steps: [],
  version: 1,
  ...more,
});

describe('tasks in PostgreSQL', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('task');
  });
  afterAll(() => home?.close());

  it('are kept by version, loaded while open, and listed by what they are of; the mirror answers the same', async () => {
    const store = pgTasks(home.db);
    const closed = task(1, { state: 'closed', version: 2, outcome: 'done' });
    const elsewhere = task(2, { divisionCode: '513222', hazardPoint: '513222010001', warningId: 'W2' });
    const door = task(3, { kind: 'door', about: 'household:c1' });
    const written = [task(0), task(1), elsewhere, door, closed, task(1)];
    for (const each of written) await home.db.together([taskStatement(each)]);
    expect(await store.find('T1')).toEqual(closed);
    expect(await store.find('nobody')).toBeUndefined();
    expect((await store.open()).map(({ id }) => id)).toEqual(['T3', 'T2', 'T0']);
    expect((await store.ofWarning('W1')).map(({ id }) => id)).toEqual(['T0', 'T1', 'T3']);
    const first = await store.list({ scope: '', limit: 3 });
    const second = await store.list({ scope: '', limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual([door, elsewhere, closed, task(0)]);
    const ids = async (query: object) => (await store.list({ scope: '513221', limit: 9, ...query })).items.map(({ id }) => id);
    expect(await ids({})).toEqual(['T3', 'T1', 'T0']);
    expect(await ids({ kind: 'door' })).toEqual(['T3']);
    expect(await ids({ state: 'closed,checking' })).toEqual(['T1']);
    expect(await ids({ warning: 'W2' })).toEqual([]);

    const mirror = new TaskMirror();
    await mirror.load(store);
    mirror.written({ tasks: [{ ...door, state: 'closed', version: 2 }, task(4)] });
    expect(mirror.open().map(({ id }) => id)).toEqual(['T4', 'T2', 'T0']);
    expect([mirror.find('T3'), mirror.find('T4')?.id]).toEqual([undefined, 'T4']);
  });
});
