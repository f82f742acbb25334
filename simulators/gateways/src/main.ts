import { parseArgs } from 'node:util';
import { watchParent } from './parent-watch.js';
import { startGatewaySimulator, type GatewaySimulator } from './server.js';

const help = `Gateway simulator: the SMS vendors, on this machine.
  --port N            port (default 18080, 0 = any free one; WANGSHAN_GATEWAY_PORT)
  --data-dir DIR      where accepted messages are kept (default .wangshan/gateways)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --receipt-ms N      median time until a receipt is in (default 1500; now and then several times that)
  --query-lag-ms N    until an accepted message shows in a query (default 0)
  --call-ms N         how long a call rings and is listened to (default 20000)
  --minute-ms N       what vendors take for a minute when they push again after 1, 5 and 10 (default 60000)
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
    'receipt-ms': { type: 'string', default: '1500' },
    'query-lag-ms': { type: 'string', default: '0' },
    'call-ms': { type: 'string', default: '20000' },
    'minute-ms': { type: 'string', default: '60000' },
    stay: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** σ of the logarithm of a receipt's delay: one in six takes more than twice the median, one in fifty more than four times. */
const RECEIPT_SPREAD = 0.7;

function milliseconds(name: 'receipt-ms' | 'query-lag-ms' | 'call-ms' | 'minute-ms'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} ${values[name]}: not a number of milliseconds`);
  return value;
}

async function start(port: number): Promise<GatewaySimulator> {
  const until = Date.now() + PORT_PATIENCE_MS;
  for (;;) {
    try {
      return await startGatewaySimulator({
        port,
        host: values.host,
        dataDir: values['data-dir'],
        receiptDelayMs: milliseconds('receipt-ms'),
        receiptSpread: RECEIPT_SPREAD,
        queryLagMs: milliseconds('query-lag-ms'),
        callMs: milliseconds('call-ms'),
        minuteMs: milliseconds('minute-ms'),
      });
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
