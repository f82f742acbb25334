import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DAY } from '#libs/contracts';
import { firstToEnd } from './expiry.js';
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

it('is made again near its end by the CA that clients trust, with the names the machine has then', async () => {
  const now = Date.now();
  const home = path.join(folder, 'renewed');
  const at = (days: number, host = 'localhost') => selfMadeCertificate(home, [host], now + days * DAY);
  const first = await at(0);
  const ca = readFileSync(path.join(home, 'ca.crt'), 'utf8');
  expect(await at(700)).toEqual(first);
  const second = await at(720, 'station.county');
  expect(second.cert).not.toBe(first.cert);
  expect(firstToEnd(second.cert)?.until).toBeGreaterThan(now + 1_500 * DAY);
  expect(readFileSync(path.join(home, 'ca.crt'), 'utf8')).toBe(ca);
  const leaf = new X509Certificate(second.cert);
  expect([leaf.verify(new X509Certificate(ca).publicKey), leaf.subjectAltName]).toEqual([true, 'DNS:station.county']);
  expect(leaf.checkPrivateKey(createPrivateKey(second.key))).toBe(true);
  expect(statSync(path.join(home, 'ca.key')).mode & 0o077).toBe(0);
});

it('lives to its end where an earlier release kept no key of the CA, as a new CA shuts every client out; a half-written one is made again', async () => {
  const now = Date.now();
  const home = path.join(folder, 'old');
  const at = (days: number) => selfMadeCertificate(home, ['localhost'], now + days * DAY);
  const first = await at(0);
  rmSync(path.join(home, 'ca.key'));
  expect(await at(799)).toEqual(first);
  const second = await at(801);
  expect(second.cert).not.toBe(first.cert);
  writeFileSync(path.join(home, 'server.key'), first.key);
  const third = await at(802);
  expect(new X509Certificate(third.cert).checkPrivateKey(createPrivateKey(third.key))).toBe(true);
});
