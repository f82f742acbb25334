import { expect, it } from 'vitest';
import { HookSettings } from './hook.js';

const taken = (...allow: string[]) => HookSettings.safeParse({ allow, round: 0 }).success;

it.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '2001:db8::1', '2001:db8::/32'])('takes %s', (range) =>
  expect(taken(range)).toBe(true),
);

it.each(['203.0.113', '203.0.113.0/33', '203.0.113.0/', '203.0.113.0/24/1', '2001:db8::/129', 'provider.example', ''])(
  'refuses %j',
  (range) => expect(taken(range)).toBe(false),
);
