import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runScenario } from './run.js';
import { scenario, scenarioNames } from './scenarios/index.js';
import { SecretsFile } from './secrets.js';
import { StationClient } from './station-client.js';

/** Minutes within about two months and the scenario's place: digits that make a run's codes its own. */
const runDigits = (now: number, name: string): string =>
  `${String(Math.floor(now / 10_000) % 1_000_000).padStart(6, '0')}${scenarioNames.indexOf(name)}`;

/** `npm run simulate -- SCENARIO …` and each process of the demo. */
export async function runSimulator(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      station: { type: 'string' },
      token: { type: 'string' },
      mqtt: { type: 'string' },
      speed: { type: 'string' },
      devices: { type: 'string' },
    },
  });
  const name = positionals[0];
  if (!name) throw new Error(`which scenario? One of: ${scenarioNames.join(', ')}`);
  const wanted = scenario(name);
  const token = values.token ?? env['WANGSHAN_TOKEN'];
  if (!token) throw new Error('no token: give --token or WANGSHAN_TOKEN (roles device-engineer and card-keeper)');
  const speed = values.speed === undefined ? undefined : Number(values.speed);
  if (speed !== undefined && !(speed > 0)) throw new Error(`--speed ${values.speed}: a number above 0`);
  const copies = values.devices === undefined ? 1 : Number(values.devices);
  if (!Number.isInteger(copies) || copies < 1 || copies > 500)
    throw new Error(`--devices ${values.devices}: a whole number from 1 to 500 (how many slopes like this one)`);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => abort.abort());
  const now = Date.now();
  await Promise.all(
    Array.from({ length: copies }, (_, copy) =>
      runScenario(wanted, {
        station: new StationClient(values.station ?? env['WANGSHAN_STATION'] ?? 'http://127.0.0.1:3000', token),
        mqttUrl: values.mqtt ?? env['WANGSHAN_MQTT'] ?? 'mqtt://127.0.0.1:1883',
        secrets: new SecretsFile(
          path.join(path.resolve(env['WANGSHAN_DATA_DIR'] ?? '.wangshan'), 'demo'),
          copies === 1 ? name : `${name}-${copy}`,
        ),
        speed,
        run: `${runDigits(now, name)}${copies === 1 ? '' : String(copy).padStart(3, '0')}`,
        now: () => Date.now(),
        say: (text) => process.stdout.write(`  ${name}: ${text}\n`),
        signal: abort.signal,
      }),
    ),
  );
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runSimulator(process.argv.slice(2), process.env).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
