import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { connectionLimit, descriptorLimit, softLimit } from './descriptor-limit.js';

it('reads what a shell started here would say', () => {
  const said = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  expect(descriptorLimit()).toBe(said === 'unlimited' ? undefined : Number(said));
});

it.each([
  ['Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n', 1024],
  ['Max open files            unlimited            unlimited            files\n', undefined],
  ['', undefined],
])('takes the soft limit of %j', (text, limit) => expect(softLimit(text)).toBe(limit));

it.each([
  [20_000, 19_000],
  [1_024, 512],
  [undefined, Number.POSITIVE_INFINITY],
])('of %s descriptors lets devices have %s', (descriptors, limit) => expect(connectionLimit(descriptors)).toBe(limit));
