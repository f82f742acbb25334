import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { simulatorAccount } from '#libs/contracts';
import { Acs3Verifier } from './acs3.js';
import { AdminApi } from './admin.js';
import { AlicloudSimulator, type WireAnswer } from './alicloud.js';
import { Faults } from './faults.js';
import { DailyLimit } from './limits.js';
import { MessageLog } from './message-log.js';
import { normaliseNumber } from './numbers.js';
import { phonePage } from './phone-page.js';
import { Registry } from './registry.js';

export interface GatewaySimulatorOptions {
  /** 0 = any free port. */
  port: number;
  host?: string;
  /** What was accepted is kept here and read back at the next start. */
  dataDir: string;
  /** Access key id → secret of the simulated vendor accounts. */
  accounts?: Readonly<Record<string, string>>;
  receiptDelayMs?: number;
  queryLagMs?: number;
  now?: () => number;
}

export interface GatewaySimulator {
  port: number;
  close(): Promise<void>;
}

/** SendSms with 1,000 numbers is a 14 kB request line, and Node's default limit of 16 kB covers line and headers (notify.md §1.2). */
const MAX_HEADER_BYTES = 65_536;
const MAX_BODY_BYTES = 1_048_576;
const DEFAULT_RECEIPT_MS = 1_500;

/**
 * The vendors, on this machine: Alibaba Cloud SMS in its wire format at `/`, the admin interface at `/__…`, and for a browser a page of phones.
 * @throws the listen error (`EADDRINUSE`) when the port is taken
 */
export async function startGatewaySimulator(options: GatewaySimulatorOptions): Promise<GatewaySimulator> {
  const now = options.now ?? Date.now;
  const accounts = options.accounts ?? { [simulatorAccount.accessKeyId]: simulatorAccount.accessKeySecret };
  const log = await MessageLog.open(options.dataDir);
  const registry = await Registry.open(join(options.dataDir, 'registry.json'));
  const faults = new Faults();
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const reply = (from: string, text: string, afterMs: number) =>
    later(afterMs, () => {
      log.add({ reply: { from: normaliseNumber(from), text, at: now() } }).catch((error: unknown) => {
        process.stderr.write(`gateway simulator: a reply could not be kept: ${String(error)}\n`);
      });
    });
  const limit = new DailyLimit();
  for (const { to, sign, templateCode, at } of log.messages) limit.count(`${to}|${sign}|${templateCode}`, at);
  const alicloud = new AlicloudSimulator({
    log,
    registry,
    faults,
    limit,
    now,
    reply,
    receiptDelayMs: options.receiptDelayMs ?? DEFAULT_RECEIPT_MS,
    queryLagMs: options.queryLagMs ?? 0,
  });
  const verifier = new Acs3Verifier((id) => (Object.hasOwn(accounts, id) ? accounts[id] : undefined), now);
  const admin = new AdminApi({ log, registry, faults, now });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://local');
    const body = await bodyOf(request);
    if (url.pathname.startsWith('/__')) return send(response, await admin.call(request.method ?? 'GET', url, body));
    if (request.method === 'GET' && !request.headers.authorization && !url.searchParams.has('Action')) return page(response, log);
    const fault = verifier.verify({ method: request.method ?? '', url: request.url ?? '/', headers: request.headers, body });
    if (fault) return send(response, { status: fault.status, body: { Code: fault.code, Message: fault.code } });
    const form = /x-www-form-urlencoded/.test(request.headers['content-type'] ?? '') ? new URLSearchParams(body.toString('utf8')) : [];
    const params = { ...Object.fromEntries(url.searchParams), ...Object.fromEntries(form) };
    const answer = await alicloud.call(String(request.headers['x-acs-action'] ?? ''), params);
    if (answer.drop) request.socket.destroy();
    else if (answer.afterMs) later(answer.afterMs, () => send(response, answer));
    else send(response, answer);
  };

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, { status: 500, body: { Code: 'InternalError', Message: String(error) } });
    });
  });
  try {
    await listen(server, options.port, options.host ?? '127.0.0.1');
  } catch (error) {
    await log.close();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await log.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error('request body over 1 MiB');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, body }: Pick<WireAnswer, 'status'> & { body: unknown }): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

function page(response: ServerResponse, log: MessageLog): void {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    })
    .end(phonePage(log));
}
