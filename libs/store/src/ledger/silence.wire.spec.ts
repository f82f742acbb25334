import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toIso, type Silence } from '#libs/contracts';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgSilences, silenceStatement } from './silence.js';

const at = Date.parse('2026-11-21T04:00:00Z');
const hour = 3_600_000;
const silence = (n: number, more: Partial<Silence> = {}): Silence => ({
  id: `S${n}`,
  hazardPoint: '513221010001',
  divisionCode: '513221',
  level: 'orange',
  owner: 'li',
  reason: '现场检修',
  from: toIso(at + n * hour),
  until: toIso(at + (n + 2) * hour),
  version: 1,
  ...more,
});

describe('silences in PostgreSQL', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('silence');
  });
  afterAll(() => home?.close());

  it('are kept, found, ended whatever is written again, and listed with those over a larger area', async () => {
    const store = pgSilences(home.db);
    const elsewhere = silence(2, { divisionCode: '513222', hazardPoint: '513222010001' });
    const city = silence(3, { divisionCode: '5132', hazardPoint: undefined, rule: 'reference' });
    delete city.hazardPoint;
    const ended = { ...silence(1), endedAt: toIso(at + hour / 2), endedBy: 'wang', version: 2 };
    for (const each of [silence(0), silence(1), elsewhere, city, ended, silence(1)]) await home.db.together([silenceStatement(each)]);
    expect(await store.find('S1')).toEqual(ended);
    expect(await store.find('nobody')).toBeUndefined();
    expect((await store.endingAfter(at + 1.5 * hour)).map(({ id }) => id)).toEqual(['S0', 'S2', 'S3']);

    const first = await store.list({ scope: '', limit: 2 });
    const second = await store.list({ scope: '', limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual([city, elsewhere, ended, silence(0)]);
    expect((await store.list({ scope: '513221', limit: 9 })).items.map(({ id }) => id)).toEqual(['S3', 'S1', 'S0']);
    expect((await store.list({ scope: '513221', limit: 9, openAt: at + hour + 1 })).items.map(({ id }) => id)).toEqual(['S3', 'S0']);
    expect((await store.list({ scope: '', limit: 9, hazardPoint: '513222010001' })).items).toEqual([elsewhere]);
  });
});
