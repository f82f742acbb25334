import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aWarning, anIntent, dataKey, recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { deliveriesStatement } from './delivery-write.js';
import { ToldMirror } from '../failover/told-mirror.js';
import { pgTold } from './told.js';

describe('who was told of a warning', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('told');
  });
  afterAll(() => home?.close());

  it('is everybody a message of the scope may have reached, once an address, whatever the cards say; the mirror knows them too', async () => {
    const told = (id: string, address: string, version = 1, scope: 'public' | 'internal' = 'public') =>
      anIntent(id, { warningId: 'w1', scope, version, recipient: `household:${id}:householder`, role: 'household', address });
    const intents = [
      told('a', '13900000001'),
      told('b', '13900000002'),
      told('c', '13900000003'),
      told('d', '139 0000 0001', 2),
      told('e', '13900000005', 1, 'internal'),
    ];
    const { text, values } = deliveriesStatement(dataKey, intents);
    await home.db.run(text, [...values]);
    await home.db.run(`update notify.delivery set status = 'delivered' where id in ('a', 'd', 'e')`);
    await home.db.run(`update notify.delivery set status = 'failed_perm' where id = 'c'`);
    const store = pgTold(home.db, dataKey);
    expect(await store.of('w1', 'public')).toEqual([{ recipient: 'household:a:householder', role: 'household', address: '13900000001' }]);
    await home.db.run(`update notify.delivery set status = 'unknown' where id = 'b'`);
    expect((await store.of('w1', 'public')).map(({ address }) => address).toSorted()).toEqual(['13900000001', '13900000002']);
    expect((await store.of('w1', 'internal')).map(({ recipient }) => recipient)).toEqual(['household:e:householder']);

    const { text: robot, values: its } = deliveriesStatement(dataKey, [
      anIntent('r', { warningId: 'w2', recipient: 'robot:duty', role: 'responsible', channel: 'robot', address: 'robot:duty' }),
    ]);
    await home.db.run(robot, [...its]);
    await home.db.run(`update notify.delivery set status = 'delivered' where id = 'r'`);
    expect(await store.of('w2', 'public')).toEqual([
      { recipient: 'robot:duty', role: 'responsible', address: 'robot:duty', group: 'robot' },
    ]);

    const mirror = new ToldMirror();
    await mirror.load(store, [aWarning({ id: 'w1' })]);
    mirror.written({ deliveries: [told('f', '13900000006', 3), told('g', '13900000001', 3)] });
    expect(
      mirror
        .of('w1', 'public')
        .map(({ address }) => address)
        .toSorted(),
    ).toEqual(['13900000001', '13900000002', '13900000006']);
    mirror.written({ warnings: [aWarning({ id: 'w1', state: 'closed' })] });
    expect(mirror.of('w1', 'public')).toEqual([]);
  });
});
