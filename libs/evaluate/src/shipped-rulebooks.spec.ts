import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultRulebook, hazardKinds } from '#libs/contracts';
import { shipped } from './fakes/drive.js';

const names = readdirSync(new URL('../../../alert-rules/', import.meta.url));
const books = names.filter((name) => name.endsWith('.rules.yaml')).map((name) => name.replace('.rules.yaml', ''));

describe('rulebooks as shipped', () => {
  it.each(hazardKinds)('has the default rulebook of %s, for that kind', (kind) => {
    expect(shipped(defaultRulebook(kind)).scope.kinds).toContain(kind);
  });
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
  it('says of every rulebook but the acceptance one that it waits for a signature', () => {
    expect(books.filter((name) => shipped(name).status !== 'placeholder')).toEqual(['reference']);
  });
});
