import { beforeEach, expect, it } from 'vitest';
import { DefenceResponseCreate } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { adjustResponse, endResponse, listResponses, startResponse } from './levels.js';

let context: FakeContext;
let point: string;
let warning: string;
const view = () => viewOf(context, fakeUser('zhou', ['signer']));
const words = { authority: '县地质灾害应急指挥部', reason: '持续强降雨' };
beforeEach(async () => {
  context = fakeContext();
  ({ point, warning } = await furnish(context, '513221'));
});

it('is started, adjusted and ended by an authority, each step kept, apart from the warning', async () => {
  const { id } = await startResponse(context, view(), { hazardPoint: point, level: 'III', warning, ...words });
  await adjustResponse(context, view(), id, { level: 'I', authority: '市指挥部', reason: '险情扩大' });
  const ended = await endResponse(context, view(), id, words);
  expect(ended).toMatchObject({ state: 'ended', level: 'I', version: 3, warning });
  expect(ended.steps.map(({ what, level, authority, by }) => `${what} ${level} ${authority} ${by}`)).toEqual([
    'start III 县地质灾害应急指挥部 zhou',
    'adjust I 市指挥部 zhou',
    'end I 县地质灾害应急指挥部 zhou',
  ]);
  expect(context.store.eventRows.map(({ type }) => type)).toEqual(['response.changed', 'response.changed', 'response.changed']);
  expect(context.store.auditRows.map(({ action }) => action).filter((action) => action.startsWith('response.'))).toEqual([
    'response.start',
    'response.adjust',
    'response.end',
  ]);
  await expect(endResponse(context, view(), id, words)).rejects.toMatchObject({ code: 'illegal-transition' });
});

it('is one a place: a second is refused, a point and its division have their own', async () => {
  const first = await startResponse(context, view(), { divisionCode: '513221', level: 'IV', ...words });
  await expect(startResponse(context, view(), { divisionCode: '513221', level: 'II', ...words })).rejects.toMatchObject({
    code: 'illegal-transition',
    extra: { response: first.id, legal: ['adjust', 'end'] },
  });
  await startResponse(context, view(), { hazardPoint: point, level: 'II', ...words });
  await expect(adjustResponse(context, view(), first.id, { level: 'IV', ...words })).rejects.toMatchObject({ code: 'illegal-transition' });
  expect((await listResponses(context, view(), { limit: 10, open: 'true' })).items).toHaveLength(2);
  await endResponse(context, view(), first.id, words);
  expect((await listResponses(context, view(), { limit: 10, open: 'true' })).items).toHaveLength(1);
});

it('names one place, and is no business of another area', async () => {
  expect(DefenceResponseCreate.safeParse({ level: 'I', ...words }).success).toBe(false);
  expect(DefenceResponseCreate.safeParse({ hazardPoint: point, divisionCode: '513221', level: 'I', ...words }).success).toBe(false);
  const stranger = viewOf(context, fakeUser('x', ['signer'], '99'));
  await expect(startResponse(context, stranger, { hazardPoint: point, level: 'I', ...words })).rejects.toMatchObject({
    code: 'out-of-scope',
  });
  const { id } = await startResponse(context, view(), { hazardPoint: point, level: 'I', ...words });
  await expect(endResponse(context, stranger, id, words)).rejects.toMatchObject({ code: 'out-of-scope' });
});
