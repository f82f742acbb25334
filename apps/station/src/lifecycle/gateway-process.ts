import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '#libs/platform';

export interface Gateway {
  port: number;
  stop(): Promise<void>;
}

/** Longest a simulator that only opens a few ports may take before the start is given up. */
const START_LIMIT_MS = 20_000;

/**
 * The gateway simulator as a process of its own, as a vendor would be. It ends by itself when this process is gone.
 * @throws when it ended instead of listening, with what it said
 */
export async function startGatewayProcess(port: number, dataDir: string): Promise<Gateway> {
  const file = path.join(packageRoot(), 'dist/simulators/gateways/src/main.js');
  const child = spawn(process.execPath, [file, '--port', String(port), '--data-dir', path.join(dataDir, 'gateway')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own session: Ctrl-C reaches the station alone, which drains what is being sent before it stops the vendor.
    detached: true,
  });
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(String(signal ?? code))));
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2000)));
  const listening = new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /"listening"\s*:\s*(\d+)/.exec(line);
      if (found) resolve(Number(found[1]));
    });
    void ended.then((how) => reject(new Error(`The gateway simulator did not start (${how}): ${said.trim() || 'it said nothing'}`)));
    setTimeout(
      () => reject(new Error(`The gateway simulator did not listen within ${START_LIMIT_MS / 1000} s: ${said.trim()}`)),
      START_LIMIT_MS,
    ).unref();
  });
  return {
    port: await listening,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}
