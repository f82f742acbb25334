import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal } from './journal.js';

/** Appends for ever, sixteen at a time, and says each position once it is resolved. */
const writer = `
  const { Journal } = await import(process.argv[2]);
  const journal = await Journal.open(process.argv[3]);
  for (;;) await Promise.all(Array.from({ length: 16 }, async () => {
    const position = await journal.append('x', new TextEncoder().encode('record ' + (journal.last('x') + 1)));
    process.stdout.write(position + '\\n');
  }));
`;

/** Appends until the disk refuses (the limit of file size stands for its end), then twenty more once there is room; says what was resolved. */
const filler = `
  const { execFileSync } = await import('node:child_process');
  const { Journal } = await import(process.argv[2]);
  const journal = await Journal.open(process.argv[3]);
  const put = (bytes) => journal.append('x', new Uint8Array(bytes)).then((position) => (process.stdout.write(position + '\\n'), true), () => false);
  while (await put(7000));
  process.stdout.write('full\\n');
  await put(3000);
  execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:']);
  for (let n = 0; n < 20; n += 1) await put(3000);
  process.kill(process.pid, 'SIGKILL');
`;

const hasLimits = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;
if (!hasLimits) process.stdout.write('skipped: a journal on a full disk (needs prlimit of util-linux)\n');

describe('a journal whose process is killed', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'wangshan-journal-kill-'));
    const source = await readFile(fileURLToPath(new URL('./journal.ts', import.meta.url)), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const level = pathToFileURL(createRequire(import.meta.url).resolve('classic-level')).href;
    const imported = outputText.replace(
      `import { ClassicLevel } from 'classic-level';`,
      `import level from '${level}'; const { ClassicLevel } = level;`,
    );
    await writeFile(join(home, 'journal.mjs'), imported);
    await writeFile(join(home, 'writer.mjs'), writer);
    await writeFile(join(home, 'filler.mjs'), filler);
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('has every record whose append was resolved, in order and without a hole', async () => {
    const directory = join(home, 'journal');
    let acknowledged = 0;
    for (const enough of [50, 400, 700]) {
      const child = spawn(process.execPath, [join(home, 'writer.mjs'), pathToFileURL(join(home, 'journal.mjs')).href, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let rest = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n');
        rest = lines.pop() ?? '';
        acknowledged = Math.max(acknowledged, ...lines.map(Number));
        if (acknowledged >= enough) child.kill('SIGKILL');
      });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
      const journal = await Journal.open(directory);
      const found: string[] = [];
      for await (const record of journal.read('x')) found.push(`${record.position} ${new TextDecoder().decode(record.bytes)}`);
      await journal.close();
      expect(found.length).toBeGreaterThanOrEqual(acknowledged);
      expect(found).toEqual(found.map((_, n) => `${n + 1} record ${n + 1}`));
    }
  });

  it.skipIf(!hasLimits)('has what was appended after the disk was full, and there was room again', async () => {
    const directory = join(home, 'full');
    const run = `ulimit -S -f 256; exec '${process.execPath}' filler.mjs '${pathToFileURL(join(home, 'journal.mjs')).href}' '${directory}'`;
    const { stdout, signal } = spawnSync('bash', ['-c', run], { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    expect(signal).toBe('SIGKILL');
    const [before = '', after = ''] = stdout.split('full\n');
    const positions = (lines: string) => lines.trim().split('\n').map(Number);
    expect(positions(before).length).toBeGreaterThan(10);
    expect(positions(after).length).toBeGreaterThanOrEqual(20);
    const journal = await Journal.open(directory);
    const found: number[] = [];
    for await (const { position } of journal.read('x')) found.push(position);
    await journal.close();
    expect(found).toEqual([...positions(before), ...positions(after)]);
  });
});
