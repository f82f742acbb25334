import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DataGap } from '#libs/contracts';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgGaps } from './gap.js';

const at = Date.parse('2026-11-21T04:00:00Z');
const hour = 3_600_000;
const gap = (n: number, more: Partial<DataGap> = {}): DataGap => {
  const from = at + n * 10 * hour;
  const to = from + 4 * hour;
  const holes = [{ from, to, missing: 3 }];
  return {
    deviceId: 'A',
    hazardPoint: 'P1',
    from,
    to,
    interval: 3600,
    missing: 3,
    holes,
    state: 'open',
    foundAt: to,
    endedAt: null,
    ...more,
  };
};

describe('gaps in PostgreSQL', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('gaps');
  });
  afterAll(() => home?.close());
  beforeEach(() => home.db.run('truncate ingest.gap'));
  const gaps = () => pgGaps(home.db);

  it('are kept as they are, shrink and end; what has ended is not reopened by an older picture', async () => {
    const first = gap(0);
    await gaps().save([first, gap(1, { deviceId: 'B' })]);
    expect(await gaps().open()).toEqual([first, gap(1, { deviceId: 'B' })]);
    const shrunk = { ...first, holes: [{ from: first.from + hour, to: first.to, missing: 2 }] };
    await gaps().save([shrunk]);
    expect((await gaps().open())[0]).toEqual(shrunk);
    const filled: DataGap = { ...first, holes: [], state: 'filled', endedAt: at + 9 * hour };
    await gaps().save([filled]);
    await gaps().save([first]);
    expect((await gaps().open()).map(({ deviceId }) => deviceId)).toEqual(['B']);
    expect((await gaps().list({ deviceId: 'A', limit: 5 })).items).toEqual([filled]);
  });

  it('are listed newest first, page by page, by state and by the time they reach into', async () => {
    await gaps().save([0, 1, 2, 3].map((n) => gap(n, n === 2 ? { state: 'given-up', endedAt: at } : {})));
    const first = await gaps().list({ deviceId: 'A', limit: 3 });
    const second = await gaps().list({ deviceId: 'A', limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual([3, 2, 1, 0].map((n) => gap(n, n === 2 ? { state: 'given-up', endedAt: at } : {})));
    expect((await gaps().list({ deviceId: 'A', limit: 9, state: 'given-up' })).items).toHaveLength(1);
    const inside = await gaps().list({ deviceId: 'A', limit: 9, from: gap(1).to, to: gap(2).from });
    expect(inside.items.map(({ from }) => from)).toEqual([gap(2).from, gap(1).from]);
    expect((await gaps().list({ deviceId: 'B', limit: 9 })).items).toEqual([]);
  });
});
