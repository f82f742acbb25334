import { expect, it } from 'vitest';
import { testChannel } from './channel-test.js';
import { fakeContext, fakeUser, viewOf } from '../fakes/fake-context.js';

it('sends a test, and the log has who did it and how it went', async () => {
  const asked: string[] = [];
  const context = Object.assign(fakeContext(), {
    testChannel: async (name: string) => {
      asked.push(name);
      return name === 'robot:duty' ? { ok: false, delivered: false, class: 'ACCOUNT', code: '310000' } : undefined;
    },
  });
  const admin = viewOf(context, fakeUser('boss', ['admin']));
  expect(await testChannel(context, admin, 'robot:duty')).toMatchObject({ ok: false, code: '310000' });
  expect(asked).toEqual(['robot:duty']);
  expect(context.store.auditRows.at(-1)).toMatchObject({ actor: 'boss', action: 'channel.tested', object: 'channel:robot:duty' });
  await expect(testChannel(context, admin, 'robot:none')).rejects.toMatchObject({ code: 'not-found' });
  const elsewhere = viewOf(context, fakeUser('other', ['admin'], '110000'));
  await expect(testChannel(context, elsewhere, 'robot:duty')).rejects.toMatchObject({ code: 'out-of-scope' });
});
