import { parseArgs } from 'node:util';
import { simulatorAccount } from '#libs/contracts';
import { watchParent } from './parent-watch.js';
import { startGatewaySimulator, type GatewaySimulator } from './server.js';

const help = `Gateway simulator: the SMS vendors, on this machine.
  --port N            port (default 18080, 0 = any free one; WANGSHAN_GATEWAY_PORT)
  --data-dir DIR      where accepted messages are kept (default .wangshan/gateways)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --stay              do not end with the process that started this one (by default: when it is gone, or when
                      standard input is a pipe and closes)
Prints {"listening":port} when ready.
`;

/** A simulator that was killed may hold the port a moment longer than its successor wants to wait. */
const PORT_PATIENCE_MS = 5_000;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.WANGSHAN_GATEWAY_PORT ?? '18080' },
    'data-dir': { type: 'string', default: '.wangshan/gateways' },
    host: { type: 'string', default: '127.0.0.1' },
    stay: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function start(port: number): Promise<GatewaySimulator> {
  const until = Date.now() + PORT_PATIENCE_MS;
  for (;;) {
    try {
      const accounts = { [simulatorAccount.accessKeyId]: simulatorAccount.accessKeySecret };
      return await startGatewaySimulator({ port, host: values.host, dataDir: values['data-dir'], accounts });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || Date.now() >= until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(help);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port}: not a port number`);
  const simulator = await start(port);
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void simulator.close().finally(() => process.exit(0));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  if (!values.stay) watchParent(end);
  process.stdout.write(`${JSON.stringify({ listening: simulator.port })}\n`);
}

main().catch((error: unknown) => {
  const busy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const hint = busy ? `port ${values.port} is in use; set WANGSHAN_GATEWAY_PORT to another one` : String(error);
  process.stderr.write(`gateway simulator: ${hint}\n`);
  process.exitCode = 1;
});
