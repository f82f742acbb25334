// `npm run station`: the station without the demo, for a real single-machine installation.
import { helpOn, main, prepare, say } from './lib/prepare.mjs';

helpOn(`
npm run station: starts the Wangshan station (all stages in one process) with embedded PostgreSQL.
Configuration is the environment (README.md, "Configuration"); Ctrl-C stops it cleanly.
`);
await main(async () => {
  await prepare();
  say('starting the station …');
  const { runStation } = await import('../dist/apps/station/src/main.js');
  await runStation(process.env);
});
