import type { Ledger, LedgerEntry } from '#libs/alert';
import { DAY, Settings, toIso, type Task, type WarningRecord } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { describe, expect, it } from 'vitest';
import { T0, testHash } from '../fakes/callout.js';
import { MendDesk } from './mend.js';
import type { NumberToMend } from './ports.js';

const warning = {
  id: 'w1',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  exercise: false,
  level: 'red',
} as WarningRecord;

function world() {
  const state = {
    dead: [] as NumberToMend[],
    asked: new Map<string, string>(),
    tasks: new Map<string, Task>(),
    entries: [] as LedgerEntry[],
    mended: [] as string[],
    given: [] as (readonly string[])[],
    withdrawn: [] as string[],
    away: false,
  };
  const ledger: Ledger = {
    write: (entry) => {
      if (state.away) return Promise.reject(new Error('away'));
      state.entries.push(entry);
      for (const task of entry.tasks ?? []) state.tasks.set(task.id, task);
      return Promise.resolve([]);
    },
  };
  const desk = new MendDesk({
    numbers: {
      deadAmong: () => Promise.resolve([]),
      toMend: () => Promise.resolve(state.dead.filter(({ key }) => !state.asked.has(key))),
      asked: (key, taskId) => Promise.resolve(void state.asked.set(key, taskId)),
      mended: (_, inUse) => {
        state.given.push(inUse);
        return Promise.resolve(state.mended);
      },
    },
    warning: (id) => Promise.resolve(id === 'w1' ? warning : undefined),
    pointName: () => '新磨村2组滑坡',
    ledger,
    open: () => [...state.tasks.values()].filter(({ id }) => !state.withdrawn.includes(id)),
    withdraw: (task) => Promise.resolve(void state.withdrawn.push(task.id)),
    settings: () => Settings.parse({ dutyRoster: [{ name: '值班', phone: '13700000001' }] }),
    clock: { now: () => T0 },
    hash: testHash,
    logger: createLogger('silent'),
  });
  return { state, desk };
}
const dead = (recipient: string, change: Partial<NumberToMend> = {}): NumberToMend => ({
  key: `hash of ${recipient}`,
  since: T0,
  warningId: 'w1',
  recipient,
  ...change,
});

describe('dead numbers', () => {
  it('are a task of the village for a household and of duty for anybody else, once, and never say the number', async () => {
    const { state, desk } = world();
    state.dead = [dead('household:c1:householder'), dead('work:k1:monitor'), dead('duty:0', { warningId: 'gone' })];
    await desk.round();
    await desk.round();
    expect([...state.tasks.values()]).toMatchObject([
      { kind: 'mend', about: 'household:c1:householder', owner: { role: 'village' }, dueAt: toIso(T0 + DAY), state: 'to-dispatch' },
      { kind: 'mend', about: 'work:k1:monitor', owner: { role: 'duty' } },
    ]);
    expect(state.entries).toHaveLength(2);
    expect(state.entries[0]?.events).toMatchObject([{ type: 'task.changed', payload: { pointName: '新磨村2组滑坡' } }]);
  });

  it('are asked about again only when they died again', async () => {
    const { state, desk } = world();
    state.dead = [dead('work:k1:monitor')];
    await desk.round();
    const [first] = state.tasks.keys();
    state.asked.clear();
    await desk.round();
    expect([...state.tasks.keys()]).toEqual([first]);
    state.asked.clear();
    state.dead = [dead('work:k1:monitor', { since: T0 + DAY })];
    await desk.round();
    expect(state.tasks.size).toBe(2);
  });

  it('are mended: the task ends by itself', async () => {
    const { state, desk } = world();
    state.dead = [dead('duty:0'), dead('work:k1:monitor')];
    await desk.round();
    const [first] = state.tasks.keys();
    state.mended = [first ?? ''];
    await desk.round();
    expect(state.withdrawn).toEqual([first]);
    expect(state.given.at(-1)).toEqual(['13700000001']);
  });

  it('wait while the store is away', async () => {
    const { state, desk } = world();
    state.dead = [dead('duty:0')];
    state.away = true;
    await desk.round();
    expect(state.asked.size).toBe(0);
    state.away = false;
    await desk.round();
    expect(state.tasks.size).toBe(1);
  });
});
