import { expect, it } from 'vitest';
import { Settings } from '#libs/contracts';
import { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';
import { pgSettings } from './settings.js';

const key = new DataKey('ab'.repeat(32));
const roster = [{ name: '李建国', phone: '13900000022' }];

/** A table of one row. */
function table() {
  const rows: { version: number; updated_by: string; record: object; personal: string }[] = [];
  const db = {
    query: async () => rows.slice(-1),
    run: async (_: string, [version, , record, personal, updated_by]: [number, string, string, string, string]) =>
      rows.push({ version, updated_by, record: JSON.parse(record) as object, personal }),
  } as unknown as Sql;
  return { rows, store: pgSettings(db, key) };
}

it('keeps names, addresses and secrets out of what can be read without the key', async () => {
  const { rows, store } = table();
  const robots = [{ id: 'duty', vendor: 'dingtalk', url: 'https://a.example/?access_token=token-1', secret: 'SEC1' }];
  const settings = Settings.parse({ dutyRoster: roster, channels: { robots } });
  await store.save(settings, 1, 'boss');
  expect(JSON.stringify(rows)).not.toMatch(/李建国|13900000022|token-1|SEC1/);
  expect((await store.current())?.settings).toEqual(settings);
});

it('reads a record of the time when the roster was all there was', async () => {
  const { rows, store } = table();
  const personal = key.encrypt(JSON.stringify(roster), 'command.settings.personal');
  rows.push({ version: 3, updated_by: 'boss', record: { countyName: '望山县' }, personal });
  expect((await store.current())?.settings).toMatchObject({ dutyRoster: roster, channels: { robots: [], smtp: null } });
});
