import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '#libs/platform';

const read = (file: string): string => readFileSync(path.join(packageRoot(), file), 'utf8');

describe.each([{ file: 'README.md' }, { file: 'README.zh-CN.md' }])('$file', ({ file }) => {
  const page = read(file);

  it('names every variable of the environment', () => {
    const source = read('libs/platform/src/config/config.ts') + read('libs/platform/src/config/providers.ts');
    const variables = [...source.matchAll(/^ {2}(WANGSHAN_\w+):/gm)].map(([, name]) => name ?? '');
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('names every command of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const called = (name: string): string => (name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`);
    expect(Object.keys(scripts).filter((name) => !page.includes(`\`${called(name)}`))).toEqual([]);
  });
});
