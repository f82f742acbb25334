import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataKeyError, loadDataKey } from './data-key.js';

describe('the data key', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'data-key-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('is made once, for its owner only, and opens on the next start what it closed on the first', () => {
    const sealed = loadDataKey(undefined, join(dir, 'new')).encrypt('长江', 'a.b');
    const file = join(dir, 'new', 'data.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dir, 'new'))).toEqual(['data.key']);
    expect(loadDataKey(undefined, join(dir, 'new')).decrypt(sealed, 'a.b')).toBe('长江');
  });

  it('is closed again to others after a copy opened it', () => {
    loadDataKey(undefined, dir);
    chmodSync(join(dir, 'data.key'), 0o644);
    loadDataKey(undefined, dir);
    expect(statSync(join(dir, 'data.key')).mode & 0o777).toBe(0o600);
  });

  it('comes from the environment when given, and then no file is made', () => {
    const key = 'k'.repeat(40);
    const sealed = loadDataKey(key, dir).encrypt('x', 'a.b');
    expect(readdirSync(dir)).toEqual([]);
    expect(loadDataKey(key, dir).decrypt(sealed, 'a.b')).toBe('x');
  });

  it('refuses a file that holds none, naming it, and leaves it alone', () => {
    writeFileSync(join(dir, 'data.key'), '\n');
    expect(() => loadDataKey(undefined, dir)).toThrow(DataKeyError);
    expect(() => loadDataKey(undefined, dir)).toThrow(/data\.key/);
    expect(readFileSync(join(dir, 'data.key'), 'utf8')).toBe('\n');
  });
});
