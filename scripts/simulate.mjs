// `npm run simulate`: one scenario over real MQTT, as an outside client of a running station.
import { helpOn, main, prepare } from './lib/prepare.mjs';

await main(async () => {
  helpOn(`
npm run simulate -- SCENARIO [--station URL] [--token T] [--mqtt URL] [--speed N] [--devices N]
Registers its own point, devices and cards at a running station (default http://127.0.0.1:3000) and publishes over MQTT.
Scenarios: preonzo  preonzo-alone  seasonal-creep  debris-flow  tailings-pond  silent-station  obedient-slope
--token may also be given as WANGSHAN_TOKEN; it needs the roles device-engineer and card-keeper.
`);
  await prepare();
  const { runSimulator } = await import('../dist/simulators/terrain/src/main.js');
  await runSimulator(process.argv.slice(2), process.env);
});
