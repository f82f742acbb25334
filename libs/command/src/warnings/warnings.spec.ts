import { beforeEach, expect, it } from 'vitest';
import { operation, type QueryOf } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { readReadings } from '../devices/devices.js';
import { listDeliveries, listWarnings } from './warnings.js';

let context: FakeContext;
beforeEach(async () => {
  context = fakeContext();
  await furnish(context, '513221');
  const [first] = context.store.warningRows;
  if (!first) throw new Error('no warning in the county');
  context.store.warningRows.length = 0;
  const states = ['closed', 'candidate', 'expired', 'confirmed', 'closed', 'confirmed'] as const;
  for (const [n, state] of states.entries()) context.store.warningRows.push({ ...first, id: `W${n}`, state });
  // Pages like the store's: by position.
  context.store.warnings.list = async ({ limit, cursor, state }) => {
    const rows = context.store.warningRows.filter((row) => state === undefined || state.split(',').includes(row.state));
    const start = Number(cursor ?? 0);
    return { items: rows.slice(start, start + limit), nextCursor: start + limit < rows.length ? String(start + limit) : null };
  };
});
const query = (more: Record<string, unknown>) => operation('listWarnings').query?.parse(more) as QueryOf<'listWarnings'>;
const ids = async (more: Record<string, unknown>) => {
  const page = await listWarnings(context, viewOf(context, fakeUser('duty', ['duty'])), query(more));
  return { ids: page.items.map((each) => each.id), next: page.nextCursor };
};

it('lists one state, several states and all, page by page without losing one', async () => {
  expect((await ids({ state: 'closed' })).ids).toEqual(['W0', 'W4']);
  expect((await ids({})).ids).toHaveLength(6);
  expect(await ids({ state: 'candidate,confirmed' })).toEqual({ ids: ['W1', 'W3', 'W5'], next: null });
  const first = await ids({ state: 'candidate,confirmed', limit: 2 });
  expect(first.ids).toEqual(['W1', 'W3']);
  expect((await ids({ state: 'candidate,confirmed', limit: 2, cursor: first.next ?? '' })).ids).toEqual(['W5']);
  expect(() => query({ state: 'burning' })).toThrow(/candidate/);
});

it('shows deliveries to those who call people and logs the read; masks them for others', async () => {
  context.store.deliveryRows.forEach((row) => (row.warningId = 'W1'));
  const page = { limit: 10 };
  const seen = await listDeliveries(context, viewOf(context, fakeUser('duty', ['duty'])), 'W1', page);
  expect(seen.items[0]).toMatchObject({ recipient: '王秀英', address: '13900000011' });
  expect(context.store.auditRows.at(-1)).toMatchObject({ actor: 'duty', action: 'personal-data.read', object: 'deliveries:W1' });
  const masked = await listDeliveries(context, viewOf(context, fakeUser('expert', ['expert'])), 'W1', page);
  expect(masked.items[0]).toMatchObject({
    recipient: '王**',
    address: '139****0011',
    text: '红色预警：王**请撤离至村小学，联系李**139****',
  });
});

it('asks for reduced readings over a closed stretch of time', async () => {
  await readReadings(context, viewOf(context, fakeUser('duty', ['duty'])), 'D513221', { channel: 'L3_YL_1', points: 100, limit: 100 });
  const { from, to } = context.store.lastReadingsQuery ?? { from: 0, to: 0 };
  expect(to - from).toBe(24 * 3_600_000 + 300_000);
});
