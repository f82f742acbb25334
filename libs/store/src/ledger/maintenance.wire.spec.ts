import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toIso, type MaintenanceWindow } from '#libs/contracts';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { pgMaintenance } from './maintenance.js';

const at = Date.parse('2026-11-21T04:00:00Z');
const hour = 3_600_000;
const window = (n: number, more: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  id: `M${n}`,
  deviceId: 'A',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  owner: 'li',
  reason: '更换电池',
  from: toIso(at + n * hour),
  until: toIso(at + (n + 2) * hour),
  version: 1,
  ...more,
});

describe('maintenance windows in PostgreSQL', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('maintenance');
  });
  afterAll(() => home?.close());

  it('are kept, found, ended by the version they were read at, and listed', async () => {
    const store = pgMaintenance(home.db);
    const point = window(2, { divisionCode: '513222', hazardPoint: '513222010001' });
    delete point.deviceId;
    for (const each of [window(0), window(1), point]) await store.insert(each);
    expect(await store.find('M2')).toEqual(point);
    expect(await store.find('nobody')).toBeUndefined();

    const ended = { ...window(1), endedAt: toIso(at + hour / 2), endedBy: 'wang', version: 2 };
    await store.update(ended);
    await expect(store.update(ended)).rejects.toMatchObject({ code: 'version-conflict' });
    expect((await store.endingAfter(at + 1.5 * hour)).map(({ id }) => id)).toEqual(['M0', 'M2']);

    const first = await store.list({ scope: '', limit: 2 });
    const second = await store.list({ scope: '', limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual([point, ended, window(0)]);
    expect((await store.list({ scope: '513221', limit: 9, openAt: at + hour + 1 })).items).toEqual([window(0)]);
    expect((await store.list({ scope: '', limit: 9, hazardPoint: '513222010001' })).items).toEqual([point]);
    expect((await store.list({ scope: '', limit: 9, deviceId: 'A' })).items).toHaveLength(2);
  });
});
