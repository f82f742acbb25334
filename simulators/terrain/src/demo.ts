import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The slopes of `npm start`, each a process of its own: the station sees nothing but MQTT clients. */
const slopes = ['preonzo', 'seasonal-creep', 'debris-flow', 'tailings-pond', 'silent-station', 'obedient-slope'] as const;

const main = path.join(path.dirname(fileURLToPath(import.meta.url)), `main${path.extname(fileURLToPath(import.meta.url))}`);
const children = slopes.map((slope) => spawn(process.execPath, [main, slope], { stdio: 'inherit', env: process.env }));

let stopping = false;
let idle: NodeJS.Timeout | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopping = true;
    for (const child of children) child.kill(signal);
    if (idle) clearInterval(idle);
  });
}

const codes = await Promise.all(
  children.map((child) => new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 0)))),
);
const failed = slopes.filter((_, i) => codes[i] !== 0);
if (failed.length > 0 && !stopping) process.stderr.write(`demo: ${failed.join(', ')} ended early; the others ran\n`);
// The demo ends only when the station does: a station whose devices have finished goes on showing what they left.
if (!stopping) idle = setInterval(() => undefined, 2 ** 30);
