import { expect, it } from 'vitest';
import { operationUrl } from './operation-url.js';
import { QueryTime } from './operation.js';
import { operation, operationIds } from './operations.js';

it('has one operation for a method and path', () => {
  const routes = operationIds.map((id) => `${operation(id).method} ${operation(id).path.replace(/\{\w+\}/g, '{}')}`);
  expect(routes.filter((route, at) => routes.indexOf(route) !== at)).toEqual([]);
});

it('fills in an address', () => {
  expect(operationUrl('actOnWarning', { id: 'a/b', action: 'sign' })).toBe('/api/v1/warnings/a%2Fb/sign');
  expect(
    operationUrl('getDeviceReadings', { id: 'D1' }, { channel: 'L1_GP_1.gpsTotalX', from: '2026-01-01T00:00:00+08:00', to: undefined }),
  ).toBe('/api/v1/devices/D1/readings?channel=L1_GP_1.gpsTotalX&from=2026-01-01T00%3A00%3A00%2B08%3A00');
});

it.each([
  ['2026-01-01T08:00:00+08:00', Date.UTC(2026, 0, 1)],
  ['2026-01-01T08:00:00 08:00', Date.UTC(2026, 0, 1)],
  ['2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1)],
  ['1767225600000', 1_767_225_600_000],
])('reads the time %s', (text, ms) => expect(QueryTime.parse(text)).toBe(ms));

it.each(['yesterday', '2026-01-01', '2026-01-01T00:00:00', ''])('refuses %j as a time', (text) =>
  expect(QueryTime.safeParse(text).success).toBe(false),
);
