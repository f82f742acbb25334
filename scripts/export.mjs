// `npm run export`: readings of a running station into a file.
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { helpOn, main, say } from './lib/prepare.mjs';

helpOn(`
npm run export -- --device ID --channel CODE[,CODE…] --from TIME --to TIME --out FILE.csv|FILE.parquet [--station URL] [--token T]
Readings of one device, oldest first, from a running station (default http://127.0.0.1:3000, or WANGSHAN_STATION); the user of the
token (or WANGSHAN_TOKEN) must see the device. Times: 2026-07-01T06:00:00+08:00. A CSV file begins with time,channel,value, as the backtest takes it.
`);
const required = ['device', 'channel', 'from', 'to', 'out'];
await main(async () => {
  const { values } = parseArgs({
    options: Object.fromEntries([...required, 'station', 'token'].map((name) => [name, { type: 'string' }])),
  });
  const missing = required.filter((name) => !values[name]);
  if (missing.length > 0) throw new Error(`npm run export: missing ${missing.map((name) => `--${name}`).join(' ')} (see --help)`);
  const format = /\.(csv|parquet)$/.exec(values.out)?.[1];
  if (!format) throw new Error(`npm run export: ${values.out} ends neither in .csv nor in .parquet`);
  const token = values.token ?? process.env.WANGSHAN_TOKEN;
  if (!token) throw new Error('npm run export: give --token or WANGSHAN_TOKEN (POST /api/v1/session answers one)');
  const station = values.station ?? process.env.WANGSHAN_STATION ?? 'http://127.0.0.1:3000';
  const query = new URLSearchParams({ channel: values.channel, from: values.from, to: values.to, format });
  const answer = await fetch(`${station}/api/v1/devices/${encodeURIComponent(values.device)}/readings/export?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok || !answer.body) throw new Error(`the station answers ${answer.status}: ${await answer.text()}`);
  // Whole or not at all: a file cut short must not look like one.
  const half = `${values.out}.part`;
  const file = createWriteStream(half);
  try {
    await pipeline(Readable.fromWeb(answer.body), file);
    await rename(half, values.out);
  } catch (error) {
    await rm(half, { force: true });
    throw new Error(
      `the export broke off (${error instanceof Error ? error.message : String(error)}): ask for a shorter time, or try again`,
      { cause: error },
    );
  }
  say(`${values.out}: ${file.bytesWritten} bytes`);
});
