import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPlan, toIso, type DefenceResponse } from '#libs/contracts';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgResponsePlans, pgResponses, responseStatement } from './response.js';

const t0 = Date.parse('2026-11-21T04:00:00Z');
const response = (n: number, more: Partial<DefenceResponse> = {}): DefenceResponse => ({
  id: `R${n}`,
  divisionCode: '513221',
  hazardPoint: '513221010001',
  level: 'III',
  state: 'in-force',
  steps: [{ at: toIso(t0 + n), by: 'zhou', authority: '县指挥部', what: 'start', level: 'III', reason: '强降雨' }],
  version: 1,
  ...more,
});

describe('responses and their plans in PostgreSQL', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('response');
  });
  afterAll(() => home?.close());

  it('responses are kept by version and listed with those of a larger area', async () => {
    const store = pgResponses(home.db);
    const { hazardPoint: _, ...city } = response(2, { divisionCode: '5132' });
    const ended = response(1, { state: 'ended', version: 2 });
    for (const each of [
      response(0),
      response(1),
      city,
      ended,
      response(1),
      response(3, { divisionCode: '513222', hazardPoint: '513222010001' }),
    ]) {
      const { text, values } = responseStatement(each);
      await home.db.run(text, [...values]);
    }
    expect(await store.find('R1')).toEqual(ended);
    expect(await store.find('nobody')).toBeUndefined();
    const ids = async (query: object) => (await store.list({ scope: '513221', limit: 9, ...query })).items.map(({ id }) => id);
    expect(await ids({})).toEqual(['R2', 'R1', 'R0']);
    expect(await ids({ open: true, hazardPoint: '513221010001' })).toEqual(['R0']);
    expect(await ids({ division: '5132' })).toEqual(['R2']);
    const first = await store.list({ scope: '', limit: 3 });
    expect((await store.list({ scope: '', limit: 3, cursor: first.nextCursor ?? '' })).items).toEqual([response(0)]);
  });

  it('a plan is one a point, and of two who write at once the second is told', async () => {
    const store = pgResponsePlans(home.db);
    const plan = { ...defaultPlan('513221010001'), version: 1, updatedBy: 'zhou', updatedAt: toIso(t0) };
    await store.save(plan, '513221');
    await expect(store.save({ ...plan, updatedBy: 'li' }, '513221')).rejects.toMatchObject({ code: 'version-conflict' });
    await store.save({ ...plan, version: 2 }, '513221');
    expect(await store.all()).toEqual([{ ...plan, version: 2 }]);
  });
});
