import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { laterOperations } from '#libs/contracts';
import { packageRoot } from '#libs/platform';

it('README.md lists exactly the operations that answer 501', () => {
  const page = readFileSync(path.join(packageRoot(), 'README.md'), 'utf8');
  const section = page.split('## What this release does not have yet')[1]?.split('\n## ')[0] ?? '';
  const listed = [...section.matchAll(/^- `([A-Z]+ \/[^`]+)`$/gm)].map(([, operation]) => operation);
  expect(listed).toEqual(laterOperations);
});
