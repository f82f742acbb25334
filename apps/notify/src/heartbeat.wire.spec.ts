import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Settings, SystemAlarm } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { HEARTBEAT_FILE, HeartbeatOut } from './heartbeat.js';

const dataDir = mkdtempSync(path.join(tmpdir(), 'wangshan-heartbeat-'));
const calls: { method: string; url: string; body: string }[] = [];
let status = 200;
const watcher = createServer((request: IncomingMessage, response) => {
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    calls.push({ method: request.method ?? '', url: request.url ?? '', body });
    response.writeHead(status).end();
  });
});
beforeAll(() => new Promise<void>((resolve) => void watcher.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  watcher.close();
  rmSync(dataDir, { recursive: true });
});

it('says in a file and to the watcher that it is alive, and tells people when the watcher does not listen', async () => {
  const logged: string[] = [];
  const alarms: SystemAlarm[] = [];
  const heartbeat: Settings['heartbeat'] = { url: null, method: 'POST' };
  const out = new HeartbeatOut({
    dataDir,
    settings: () => ({ heartbeat, divisionCode: '513221' }),
    alarm: async (alarm) => void alarms.push(alarm),
    logger: createLogger('info', { write: (line) => void logged.push(line) }),
  });
  const at = Date.UTC(2026, 6, 1, 7, 20);
  await out.beat(at);
  expect(JSON.parse(readFileSync(path.join(dataDir, HEARTBEAT_FILE), 'utf8'))).toEqual({ at: '2026-07-01T07:20:00.000Z' });
  expect(calls).toEqual([]);

  heartbeat.url = `http://127.0.0.1:${(watcher.address() as AddressInfo).port}/beat?key=secret`;
  await out.beat(at);
  expect(calls).toEqual([{ method: 'POST', url: '/beat?key=secret', body: '{"at":"2026-07-01T07:20:00.000Z","divisionCode":"513221"}' }]);

  status = 500;
  for (let n = 0; n < 4; n += 1) await out.beat(at);
  expect(alarms.map(({ code, standing }) => `${code} ${standing}`)).toEqual(['heartbeat-not-taken true']);
  status = 204;
  await out.beat(at);
  expect(alarms.map(({ standing }) => standing)).toEqual([true, false]);
  expect(logged.join('')).not.toContain('secret');
});
