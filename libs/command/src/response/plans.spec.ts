import { beforeEach, expect, it } from 'vitest';
import { defaultPlanLevels, ResponsePlanPut } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { RegistryIndex } from '../registry/registry-index.js';
import { getPlan, putPlan } from './plans.js';

let context: FakeContext;
let point: string;
const signer = fakeUser('zhou', ['signer']);
beforeEach(async () => {
  context = fakeContext();
  ({ point } = await furnish(context, '513221'));
});
const red = [
  { key: 'run', title: { zh: '全员转移', en: 'Everyone out' }, owner: { role: 'village' as const, person: 'chen' }, withinMinutes: 10 },
];
const levels = { ...defaultPlanLevels, red };

it('is the default plan until somebody writes one, and known after a restart', async () => {
  const view = viewOf(context, signer);
  expect(getPlan(context, view, point)).toMatchObject({ version: 0, levels: defaultPlanLevels, updatedAt: null });
  const written = await putPlan(context, view, point, { levels, version: 0 });
  expect(written).toMatchObject({ version: 1, updatedBy: 'zhou', levels: { red, yellow: defaultPlanLevels.yellow } });
  expect(context.store.auditRows.at(-1)).toMatchObject({ action: 'plan.written', actor: 'zhou', detail: { version: 1 } });
  const restarted = new RegistryIndex();
  await restarted.loadPlans(context.store.plans);
  expect(restarted.planOf(point)).toEqual(written);
});

it('refuses what another has changed meanwhile, a step named twice, and other areas', async () => {
  const view = viewOf(context, signer);
  await putPlan(context, view, point, { levels });
  await expect(putPlan(context, view, point, { levels, version: 0 })).rejects.toMatchObject({ code: 'version-conflict' });
  expect(ResponsePlanPut.safeParse({ levels: { ...levels, red: [...red, ...red] } }).success).toBe(false);
  expect(ResponsePlanPut.safeParse({ levels: { red } }).success).toBe(false);
  expect(() => getPlan(context, viewOf(context, fakeUser('x', ['signer'], '99')), point)).toThrow(
    expect.objectContaining({ code: 'out-of-scope' }),
  );
});

it('asks for something at every level by default, of red in the quarter of an hour', () => {
  expect(ResponsePlanPut.safeParse({ levels: defaultPlanLevels }).success).toBe(true);
  for (const level of ['red', 'orange', 'yellow', 'blue'] as const) expect(defaultPlanLevels[level].length).toBeGreaterThan(1);
  expect(defaultPlanLevels.red.find(({ key }) => key === 'evacuate')).toMatchObject({ owner: { role: 'village' }, withinMinutes: 15 });
});
