import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The simulator as the process it is in an installation: compiled, started, killed. */
let directory: string;
let program: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wangshan-gateway-process-'));
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['source'] },
    ssr: { noExternal: true, resolve: { conditions: ['source'] } },
    build: {
      ssr: fileURLToPath(new URL('./main.ts', import.meta.url)),
      outDir: directory,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'main.mjs', format: 'es' } },
    },
  });
  program = join(directory, 'main.mjs');
});
afterAll(() => rm(directory, { recursive: true }));

const command = (dataDir: string) => [program, '--port', '0', '--data-dir', join(directory, dataDir)];

async function listening(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('no stdout');
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line) as { listening: number };
    return said.listening;
  }
  throw new Error('it ended without listening');
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/__stats`).then(
    () => true,
    () => false,
  );

async function goneWithin(port: number, ms: number): Promise<boolean> {
  const until = Date.now() + ms;
  while (Date.now() < until) {
    if (!(await answers(port))) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

describe('gateway simulator process', () => {
  it('has after SIGKILL what it had answered for', async () => {
    const first = spawn(process.execPath, command('kept'), { stdio: ['pipe', 'pipe', 'inherit'] });
    const port = await listening(first);
    const answer = await fetch(`http://127.0.0.1:${port}/__reply`, {
      method: 'POST',
      body: JSON.stringify({ from: '13800001234', text: '1' }),
    });
    expect(answer.status).toBe(200);
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = spawn(process.execPath, command('kept'), { stdio: ['pipe', 'pipe', 'inherit'] });
    const stats = await (await fetch(`http://127.0.0.1:${await listening(second)}/__stats`)).json();
    expect(stats).toMatchObject({ replies: 1 });
    second.kill('SIGTERM');
    expect(await once(second, 'exit')).toEqual([0, null]);
  });

  it('ends when the pipe to the process that started it closes', async () => {
    const child = spawn(process.execPath, command('pipe'), { stdio: ['pipe', 'pipe', 'inherit'] });
    await listening(child);
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends when the process that started it is killed, without any pipe', async () => {
    const parentScript = `require('node:child_process').spawn(process.execPath, ${JSON.stringify(command('orphan'))}, { stdio: ['ignore', 'inherit', 'inherit'] })`;
    const parent = spawn(process.execPath, ['-e', parentScript], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await listening(parent);
    expect(await answers(port)).toBe(true);
    parent.kill('SIGKILL');
    expect(await goneWithin(port, 60_000)).toBe(true);
  });
});
