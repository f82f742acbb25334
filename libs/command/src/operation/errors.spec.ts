import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { problemCodes } from '#libs/contracts';
import { packageRoot } from '#libs/platform';
import { problemTitles } from './problem-body.js';

it('docs/errors.md and the list of problem codes contain each other, with status and titles', () => {
  const page = readFileSync(path.join(packageRoot(), 'docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\| (\d{3}) +\| ([^|]+) · ([^|]+) \|/gm)].map(([, code, status, zh, en]) => ({
    code,
    status: Number(status),
    zh: zh?.trim(),
    en: en?.trim(),
  }));
  const listed = Object.entries(problemCodes).map(([code, status]) => ({
    code,
    status,
    ...problemTitles[code as keyof typeof problemCodes],
  }));
  expect(rows).toEqual(listed);
});
