import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DataDirBusy, lockDataDir } from './data-dir-lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wangshan-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('takes a free directory and gives it back', () => {
  const release = lockDataDir(folder);
  expect(existsSync(path.join(folder, 'station.pid'))).toBe(true);
  release();
  expect(existsSync(path.join(folder, 'station.pid'))).toBe(false);
});

it('refuses a directory whose station lives, naming the process and the way out', () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  writeFileSync(path.join(folder, 'station.pid'), String(other.pid));
  expect(() => lockDataDir(folder)).toThrow(DataDirBusy);
  expect(() => lockDataDir(folder)).toThrow(new RegExp(`${other.pid}.*WANGSHAN_DATA_DIR`));
  other.kill('SIGKILL');
});

it.runIf(process.platform === 'linux')('is not fooled by a number that now belongs to another program', () => {
  writeFileSync(path.join(folder, 'station.pid'), '1 999999999999');
  lockDataDir(folder)();
});

it('takes over from a station that was killed', async () => {
  const other = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => other.once('exit', resolve));
  writeFileSync(path.join(folder, 'station.pid'), String(other.pid));
  lockDataDir(folder)();
});
