import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { selfMadeCertificate } from './certificate.js';

const folder = mkdtempSync(path.join(tmpdir(), 'wangshan-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('serves TLS that a client trusting the self-made CA accepts, and keeps its certificate', async () => {
  const first = await selfMadeCertificate(path.join(folder, 'tls'), ['localhost', '127.0.0.1'], Date.now());
  const again = await selfMadeCertificate(path.join(folder, 'tls'), ['localhost', '127.0.0.1'], Date.now());
  expect(again).toEqual(first);
  expect(statSync(path.join(folder, 'tls/server.key')).mode & 0o077).toBe(0);
  const server = https.createServer(first, (_, response) => response.end('望山'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const text = await new Promise<string>((resolve, reject) => {
    https
      .get({ host: '127.0.0.1', port, ca: readFileSync(path.join(folder, 'tls/ca.crt')) }, (response) =>
        response.on('data', (data: Buffer) => resolve(data.toString())),
      )
      .on('error', reject);
  });
  server.close();
  expect(text).toBe('望山');
});
