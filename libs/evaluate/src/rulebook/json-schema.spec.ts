import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectorTable } from './detector-table.js';
import { detectorKinds } from '../detectors/index.js';
import { casesJsonSchema, rulebookJsonSchema } from './json-schema.js';

const folder = new URL('../../../../alert-rules/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const mend = 'npm run rulebook -- schema writes it';

describe('what is generated from the schema of rulebooks', () => {
  it.each([
    ['rulebook.schema.json', rulebookJsonSchema],
    ['cases.schema.json', casesJsonSchema],
  ])(`%s is that of this code (${mend})`, (name, made) => {
    expect(JSON.parse(read(name))).toEqual(JSON.parse(JSON.stringify(made())));
  });

  it(`the table of detectors in the README is that of this code (${mend})`, () => {
    const squeeze = (text: string) => text.replaceAll(/[ -]+\|/g, ' |').replaceAll(/\|[ -]+/g, '| ');
    const table = read('README.md').split('<!-- detectors -->')[1];
    expect(squeeze(table?.trim() ?? '')).toBe(squeeze(detectorTable()));
  });

  it.each(detectorKinds.map((kind) => [kind.name, kind] as const))(
    '%s says what it is for, in Chinese and English, and by which source',
    (_, kind) => {
      expect(kind.about).toMatchObject({ zh: expect.stringMatching(/[\u4e00-\u9fff]/) as string, en: expect.any(String) as string });
      expect(kind.about?.source).not.toBe('');
    },
  );

  it('every shipped file tells editors its schema', () => {
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.yaml'))) {
      const schema = name.endsWith('.rules.yaml') ? 'rulebook' : 'cases';
      const line = `# yaml-language-server: $schema=./${schema}.schema.json`;
      expect([name, read(name).split('\n').includes(line)]).toEqual([name, true]);
    }
  });
});
