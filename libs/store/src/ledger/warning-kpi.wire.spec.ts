import { afterAll, beforeAll, expect, it } from 'vitest';
import { toIso } from '#libs/contracts';
import { aWarning, recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { warningStatement } from './warning.js';
import { pgWarningKpis } from './warning-kpi.js';

const t0 = Date.parse('2026-07-01T00:00:00Z');
let home: RecordsDatabase;
beforeAll(async () => {
  home = await recordsDatabase('warning_kpi');
});
afterAll(() => home?.close());

it('warnings are counted by when they were opened, without exercises and evidence; incidents are kept and listed', async () => {
  const at = (n: number) => toIso(t0 + n);
  const warnings = [
    aWarning({ id: 'w0', openedAt: at(-5), state: 'closed', disposal: { type: 3, by: 'li', at: at(9) } }),
    aWarning({ id: 'w1', openedAt: at(1), confirmedAt: at(2) }),
    aWarning({ id: 'w2', openedAt: at(2), exercise: true }),
    aWarning({ id: 'w3', openedAt: at(3), divisionCode: '99' }),
  ];
  for (const warning of warnings) {
    const { text, values } = warningStatement(warning);
    await home.db.run(text, [...values]);
  }
  const store = pgWarningKpis(home.db);
  const [only, ...more] = await store.opened(t0, t0 + 100, '5132');
  expect(more).toEqual([]);
  expect(only).toMatchObject({ id: 'w1', confirmedAt: at(2) });
  expect(Object.keys(only ?? {})).not.toContain('evidence');
  const before = await store.openedBefore(t0, [warnings[0]?.hazardPoint ?? '', '513221019999']);
  expect(before).toMatchObject([{ id: 'w0', disposal: { type: 3 } }]);

  const incident = (n: number) => ({
    id: `i${n}`,
    hazardPoint: '5132210001',
    divisionCode: '513221',
    occurredAt: at(n),
    text: '下滑',
    by: 'li',
    at: at(n),
  });
  for (const n of [1, 2, 3]) await store.insertIncident(incident(n));
  expect(await store.incidents(t0 + 2, t0 + 3, '5132')).toEqual([incident(2)]);
  const first = await store.listIncidents({ scope: '', limit: 2 });
  expect(first.items).toEqual([incident(3), incident(2)]);
  expect((await store.listIncidents({ scope: '', limit: 2, cursor: first.nextCursor ?? '' })).items).toEqual([incident(1)]);
});
