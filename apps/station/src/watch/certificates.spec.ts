import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { DAY, HOUR, type SystemAlarm } from '#libs/contracts';
import { createLogger, serverCertificate } from '#libs/platform';
import { watchCertificates } from './certificates.js';

const dataDir = mkdtempSync(path.join(tmpdir(), 'wangshan-ends-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
const none = { httpsPort: undefined, mqttsPort: undefined, tlsCert: undefined, tlsKey: undefined, tlsClientCa: undefined, dataDir };

it('warns thirty days before the first of the certificates in use ends, given or of the devices, and once', async () => {
  const began = Date.now();
  const long = await serverCertificate(none, began);
  const [cert, key, ca] = ['given.crt', 'given.key', 'devices.crt'].map((name) => path.join(dataDir, name)) as [string, string, string];
  writeFileSync(cert, long.cert);
  writeFileSync(key, long.key);
  const short = await serverCertificate({ ...none, dataDir: path.join(dataDir, 'other') }, began - 700 * DAY);
  writeFileSync(ca, short.cert);
  vi.useFakeTimers({ now: began });
  onTestFinished(() => void vi.useRealTimers());
  const told: string[] = [];
  const watching = (config: Partial<typeof none> | object) =>
    watchCertificates({
      config: { ...none, tlsCert: cert, tlsKey: key, ...config },
      now: () => Date.now(),
      logger: createLogger('silent'),
      alarm: async ({ code, standing, text }: SystemAlarm) => void told.push(`${code} ${standing} ${text.en}`),
    });
  const stops = [await watching({ httpsPort: 0 }), await watching({ mqttsPort: 0, tlsClientCa: ca }), await watching({})];
  await vi.advanceTimersByTimeAsync(69 * DAY);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect(told).toEqual([expect.stringMatching(/^certificate-ends true The certificate CN=Wangshan station ends on 20/)]);
  await vi.advanceTimersByTimeAsync(HOUR);
  for (const stop of stops) await stop();
  expect(told).toHaveLength(1);
});
