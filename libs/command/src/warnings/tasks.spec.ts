import { makeTask } from '#libs/alert';
import { HOUR } from '#libs/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { actOnTask, getTask, listTasks } from './tasks.js';

describe('tasks', () => {
  let context: FakeContext;
  let warning: string;
  beforeEach(async () => {
    context = fakeContext();
    ({ warning } = await furnish(context, '513221'));
    const record = context.store.warningRows[0];
    const card = context.store.householdCardRows[0];
    if (!record || !card) throw new Error('the county is empty');
    const wanted = { title: { zh: '敲门', en: 'Knock' }, owner: { role: 'village' as const }, within: HOUR };
    const now = context.clock.now();
    await context.store.ledger.write({
      tasks: [
        makeTask({ ...wanted, id: 'door', kind: 'door', about: `household:${card.id}` }, record, now),
        makeTask({ ...wanted, id: 'patrol', kind: 'response' }, record, now),
      ],
    });
  });

  it('are listed with the household in full for who calls people, which is audited, and masked for others', async () => {
    const duty = await listTasks(context, viewOf(context, fakeUser('duty', ['duty'])), { limit: 10, kind: 'door' });
    expect(duty.items).toMatchObject([{ id: 'door', aboutName: '王秀英', legal: expect.arrayContaining(['visited']) as string[] }]);
    expect(context.store.auditRows.at(-1)).toMatchObject({ action: 'personal-data.read', object: 'tasks', detail: { count: 1 } });
    const lines = context.store.auditRows.length;
    expect((await getTask(context, viewOf(context, fakeUser('e', ['expert'])), 'door')).aboutName).toBe('王**');
    expect(
      (await listTasks(context, viewOf(context, fakeUser('duty', ['duty'])), { limit: 10, warning, kind: 'response' })).items,
    ).toHaveLength(1);
    expect(context.store.auditRows).toHaveLength(lines);
  });

  it('are acted on by the user of the session, in their own area only, by actions there are', async () => {
    const view = viewOf(context, fakeUser('duty', ['duty']));
    await actOnTask(context, view, 'patrol', 'start', {});
    expect(context.acted).toEqual(['start task patrol duty']);
    await expect(actOnTask(context, view, 'patrol', 'burn', {})).rejects.toMatchObject({ code: 'not-found' });
    const stranger = viewOf(context, fakeUser('zhao', ['duty'], '99'));
    await expect(actOnTask(context, stranger, 'patrol', 'start', {})).rejects.toMatchObject({ code: 'out-of-scope' });
    expect((await listTasks(context, stranger, { limit: 10 })).items).toEqual([]);
  });
});
