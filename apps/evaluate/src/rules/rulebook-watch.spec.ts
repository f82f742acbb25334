import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATIENCE_MS, until } from '#libs/testing';
import { folderStamp } from './rulebook-files.js';
import { watchRulebooks } from './rulebook-watch.js';

let folder: string;
let end: (() => Promise<void>) | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wangshan-watch-'));
  writeFileSync(join(folder, 'a.rules.yaml'), 'a');
});
afterEach(async () => {
  await end?.();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls seen so far; the first look has been taken when this resolves. */
async function watching(changed?: () => Promise<void>, known?: string) {
  const calls: number[] = [];
  const stamp = known ?? (await folderStamp(folder));
  await new Promise<void>((looked) => {
    const tell = async () => {
      calls.push(Date.now());
      looked();
      await changed?.();
    };
    end = watchRulebooks(folder, stamp, tell, looked);
  });
  return calls;
}

describe('watchRulebooks', () => {
  it('says nothing of what was there, and tells of files that are written, come and go', async () => {
    const calls = await watching();
    expect(calls).toEqual([]);
    writeFileSync(join(folder, 'a.rules.yaml'), 'b');
    await until('the changed file', PATIENCE_MS, () => calls.length === 1);
    writeFileSync(join(folder, 'half'), 'c');
    renameSync(join(folder, 'half'), join(folder, 'b.rules.yaml'));
    await until('the new file', PATIENCE_MS, () => calls.length === 2);
    rmSync(join(folder, 'a.rules.yaml'));
    await until('the file that went', PATIENCE_MS, () => calls.length === 3);
  });

  it('tells at once of what was written between the reading and the watch', async () => {
    const known = await folderStamp(folder);
    writeFileSync(join(folder, 'a.rules.yaml'), 'later');
    expect(await watching(undefined, known)).toHaveLength(1);
  });

  it('leaves other files alone', async () => {
    const calls = await watching();
    writeFileSync(join(folder, 'a.cases.yaml'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(calls).toEqual([]);
  });

  it('finds by looking what nobody gives notice of: a folder that is replaced', async () => {
    const calls = await watching();
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.rules.yaml'), 'new');
    await until('the first look', PATIENCE_MS, () => calls.length > 0);
    const seen = calls.length;
    // No notice comes from a folder that is not watched any more.
    writeFileSync(join(folder, 'a.rules.yaml'), 'newer');
    await until('the next look', PATIENCE_MS, () => calls.length > seen);
  });

  it('tells of a change once more when it happens while the last one is taken in', async () => {
    let busy: () => void = () => undefined;
    const calls = await watching(() => new Promise((resolve) => (busy = resolve)));
    writeFileSync(join(folder, 'a.rules.yaml'), 'b');
    await until('the change', PATIENCE_MS, () => calls.length === 1);
    writeFileSync(join(folder, 'a.rules.yaml'), 'cc');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(calls).toHaveLength(1);
    busy();
    await until('the change meanwhile', PATIENCE_MS, () => calls.length === 2);
    busy();
  });
});
