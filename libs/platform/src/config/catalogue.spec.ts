import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { loadCatalogue } from './catalogue.js';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});
function dirWith(files: Record<string, string>, products: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'catalogue-'));
  dirs.push(dir);
  for (const [folder, text] of Object.entries(files)) {
    mkdirSync(join(dir, folder));
    writeFileSync(join(dir, folder, 'device.yaml'), text);
  }
  for (const [file, text] of Object.entries(products)) {
    mkdirSync(join(dir, 'one', 'products'), { recursive: true });
    writeFileSync(join(dir, 'one', 'products', file), text);
  }
  return dir;
}

it('reads the shipped catalogue', () => {
  const catalogue = loadCatalogue();
  expect(catalogue.profile('gnss')?.field('L1_GP_1.gpsTotalX')?.unit).toBe('mm');
  expect(catalogue.summaries().find(({ id }) => id === 'rain-gauge')).toMatchObject({
    title: '雨量计',
    sensors: [{ code: 'L3_YL', fields: ['value', 'totalValue'], unit: 'mm' }, { code: 'S1_ZT' }],
  });
});

it('names the file and the field of a fault', () => {
  expect(() => loadCatalogue(dirWith({}))).toThrow(/no device profiles in/);
  expect(() => loadCatalogue(dirWith({ one: 'id: [' }))).toThrow(/one\/device\.yaml is not readable YAML/);
  expect(() => loadCatalogue(dirWith({ one: 'id: one\ntitle: { zh: 一, en: one }\ninterval: soon\n' }))).toThrow(
    /one\/device\.yaml.*\n.*interval/s,
  );
  expect(() => loadCatalogue(dirWith({ one: 'id: two\ntitle: { zh: 一, en: one }\ninterval: 60\n' }))).toThrow(
    /its id is two, its folder one/,
  );
});

it('reads products, and names the file of a fault in one', () => {
  const one = {
    one: 'id: one\ntitle: { zh: 一, en: one }\ninterval: 60\nsensors:\n  - { code: L1_XX, title: { zh: 一, en: one }, fields: [{ name: value, title: { zh: 一, en: one }, unit: mm, range: [0, 1] }] }\n',
  };
  const product = (more: string): string => `id: made\ntitle: { zh: 产, en: made }\n${more}`;
  const loaded = loadCatalogue(dirWith(one, { 'made.yaml': product('of: one\ncodes: { L2_XX: L1_XX }') }));
  expect(loaded.profile('made')?.reader('L2_XX_3')?.code).toBe('L1_XX_3');
  expect(() => loadCatalogue(dirWith(one, { 'made.yaml': product('of: two') }))).toThrow(/product of two, but lies in the folder of one/);
  expect(() => loadCatalogue(dirWith(one, { 'other.yaml': product('of: one') }))).toThrow(/its id is made, its file other/);
  expect(() => loadCatalogue(dirWith(one, { 'made.yaml': product('of: one\nunit: mm') }))).toThrow(/made\.yaml is no device product/);
  expect(() => loadCatalogue(dirWith(one, { 'made.yaml': product('of: one\ncodes: { L2_XX: L1_YY }') }))).toThrow(/L2_XX → L1_YY/);
});
