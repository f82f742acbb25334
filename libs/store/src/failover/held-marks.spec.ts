import { expect, it } from 'vitest';
import type { JudgementMark } from '#libs/contracts';
import type { JudgementStore } from '#libs/stream';
import { StoreAway } from '../sql/errors.js';
import { HeldMarks } from './held-marks.js';
import type { Mode } from './mode.js';

const mark = (judgedTo: number): JudgementMark => ({ hazardPoint: 'p', judgedTo, state: null });
const database = () => {
  const saved: JudgementMark[] = [];
  const store: JudgementStore = {
    marks: () => Promise.resolve(saved),
    history: () => Promise.resolve([]),
    after: () => Promise.resolve([]),
    backlog: () => Promise.resolve(),
    checkpoints: () => Promise.resolve([]),
    saveCheckpoints: async (all) => void saved.push(...all.map((each) => each.mark)),
    saveMarks: async (marks) => void saved.push(...marks),
  };
  return { saved, store };
};

it('keeps marks while the database is away, and brings them in', async () => {
  const { saved, store } = database();
  const held = new HeldMarks();
  let mode: Mode = 'up';
  const judgements = held.over(store, () => mode);
  await judgements.saveMarks([mark(1)]);
  mode = 'away';
  await judgements.saveMarks([mark(2)]);
  mode = 'draining';
  await judgements.saveMarks([mark(3)]);
  expect(saved).toEqual([mark(1)]);
  await held.save(store);
  await held.save(store);
  expect(saved).toEqual([mark(1), mark(3)]);
});

it('takes checkpoints only while the database is there', async () => {
  const { saved, store } = database();
  let mode: Mode = 'up';
  const judgements = new HeldMarks().over(store, () => mode);
  const checkpoint = { hazardPoint: 'p', judgedTo: 1, madeAt: 0, state: new Uint8Array() };
  await judgements.saveCheckpoints([{ checkpoint, mark: mark(1) }]);
  for (mode of ['away', 'draining'] as const)
    await expect(judgements.saveCheckpoints([{ checkpoint, mark: mark(2) }])).rejects.toBeInstanceOf(StoreAway);
  expect(saved).toEqual([mark(1)]);
});

it('answers nothing of the past while half of it is in the journal: a point begun then would pass over readings', async () => {
  let mode: Mode = 'draining';
  const judgements = new HeldMarks().over(database().store, () => mode);
  await expect(judgements.marks()).rejects.toBeInstanceOf(StoreAway);
  await expect(judgements.history('p', 0, 1)).rejects.toBeInstanceOf(StoreAway);
  await expect(judgements.after('p', 0, 1)).rejects.toBeInstanceOf(StoreAway);
  await expect(judgements.backlog([], () => Promise.resolve())).rejects.toBeInstanceOf(StoreAway);
  await expect(judgements.checkpoints(['p'])).rejects.toBeInstanceOf(StoreAway);
  mode = 'up';
  expect(await judgements.after('p', 0, 1)).toEqual([]);
});
