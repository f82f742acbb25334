import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultRulebook, hazardKinds } from '#libs/contracts';
import { casesExpected, parseCaseFile } from '../cases/case-file.js';
import { shipped } from '../fakes/drive.js';
import { scopeFault } from './scope.js';

const folder = new URL('../../../../alert-rules/', import.meta.url);
const names = readdirSync(folder);
const books = names.filter((name) => name.endsWith('.rules.yaml')).map((name) => name.replace('.rules.yaml', ''));

describe('rulebooks as shipped', () => {
  it.each(hazardKinds)('has the default rulebook of %s, for that kind', (kind) => {
    expect(shipped(defaultRulebook(kind)).scope.kinds).toContain(kind);
  });
  it.each(hazardKinds.flatMap((kind) => ['soil', 'rock', 'mixed', undefined].map((material) => [kind, material] as const)))(
    'gives a %s of %s a rulebook whose scope it lies in',
    (kind, named) => {
      const material = named as 'soil' | undefined;
      const point = { unifiedCode: '5132210100001', divisionCode: '513221', kind, material };
      expect(scopeFault(shipped(defaultRulebook(kind, material)), point)).toBeUndefined();
    },
  );
  it('has one for soil and one for rock; a landslide whose material nobody named is judged as soil', () => {
    expect(['soil', 'rock', 'mixed', undefined].map((material) => defaultRulebook('landslide', material as 'soil' | undefined))).toEqual(
      ['soil', 'rock', 'soil', 'soil'].map((material) => `landslide-${material}`),
    );
  });
  it.each(books)('%s is named as its file, is judged in all four levels, and has cases beside it', (name) => {
    const book = shipped(name);
    expect(book.id).toBe(name);
    expect(book.levels.map(({ level }) => level)).toEqual(['red', 'orange', 'yellow', 'blue']);
    expect(names).toContain(`${name}.cases.yaml`);
  });
  it.each(books.filter((name) => name !== 'reference'))('%s shows by a case of each kind what it does', (name) => {
    const { rules, cases } = parseCaseFile(readFileSync(new URL(`${name}.cases.yaml`, folder), 'utf8'), `${name}.cases.yaml`);
    expect(rules).toBe(`${name}.rules.yaml`);
    expect(casesExpected.filter((kind) => !cases.some(({ covers }) => covers.includes(kind)))).toEqual([]);
    // What can be seen from outside is what it says it is.
    for (const one of cases) {
      if (one.covers.includes('restart')) expect(one.restart).not.toEqual([]);
      if (one.covers.includes('late')) expect(one.series.some(({ arrives }) => arrives !== undefined)).toBe(true);
      if (one.covers.includes('rises')) expect(one.expect.some(({ level }) => level !== 'none' && level !== 'unknown')).toBe(true);
      if (one.covers.includes('falls')) expect(one.expect.at(-1)?.level).toBe('none');
      if (one.covers.includes('gap')) expect(one.expect.some(({ missing }) => missing !== undefined)).toBe(true);
    }
  });
  it('says of every rulebook but the acceptance one that it waits for a signature', () => {
    expect(books.filter((name) => shipped(name).status !== 'placeholder')).toEqual(['reference']);
  });
});
