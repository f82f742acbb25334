// `npm run timescale`: a real TimescaleDB for a look by hand; the suites start one of their own.
import { helpOn, main, prepare, say } from './lib/prepare.mjs';
import { startTimescale, whyNoTimescale } from './lib/timescale.mjs';

helpOn(`
npm run timescale: starts a real TimescaleDB with an empty cluster (Docker where its engine runs, else Debian 13's package as root),
prints its address and runs until Ctrl-C; then its data is gone. With the address in WANGSHAN_TEST_DATABASE a suite runs on it:
WANGSHAN_TEST_DATABASE=… npx vitest run --project wire libs/store
`);

await main(async () => {
  await prepare({ built: false });
  const why = whyNoTimescale();
  if (why) throw new Error(`TimescaleDB can't be started here: ${why}`);
  const server = await startTimescale();
  say(`TimescaleDB ${server.version} runs until Ctrl-C:`);
  process.stdout.write(`${server.url}\n`);
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });
  await server.stop();
});
