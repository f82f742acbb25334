import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { simulatorAccount, simulatorTwilio } from '#libs/contracts';
import { AdminApi } from './admin/admin.js';
import { Alicloud } from './alicloud/alicloud.js';
import { Cmpp } from './carriers/cmpp.js';
import { Mas } from './carriers/mas.js';
import { Carrier } from './frame/carrier.js';
import { Faults } from './frame/faults.js';
import { Account } from './frame/limits.js';
import { MessageLog } from './frame/message-log.js';
import { Pushes } from './frame/pushes.js';
import { Registry } from './frame/registry.js';
import type { Later, Vendor, WireAnswer, WireRequest } from './frame/vendor.js';
import { script, style } from './phones/assets.js';
import { Robots } from './groups/robots.js';
import { BroadcastPlatform } from './others/broadcast-platform.js';
import { MailServer } from './others/mail-server.js';
import { WebhookSink } from './others/webhook-sink.js';
import { streamPhones } from './phones/live.js';
import { phonePage } from './phones/page.js';
import { Twilio } from './twilio/twilio.js';

export interface GatewaySimulatorOptions {
  /** 0 = any free port. */
  port: number;
  host?: string;
  /** What was accepted is kept here and read back at the next start. */
  dataDir: string;
  /** Access key id → secret of the simulated Alibaba account. */
  accounts?: Readonly<Record<string, string>>;
  /** Median time until a receipt is in, and σ of its logarithm (0 = always the median). */
  receiptDelayMs?: number;
  receiptSpread?: number;
  /** Until an accepted message shows in a query; real providers lag. */
  queryLagMs?: number;
  /** How long a call rings and is listened to before it ends by itself. */
  callMs?: number;
  /** What vendors take for a minute when they push again after 1, 5 and 10 of them. */
  minuteMs?: number;
  /** Requests in a second an account may make. */
  qps?: number;
  now?: () => number;
  random?: () => number;
}

export interface GatewaySimulator {
  /** What speaks HTTP. */
  port: number;
  /** What does not: the second and the third port. */
  cmppPort: number;
  smtpPort: number;
  close(): Promise<void>;
}

/** SendSms with 1,000 numbers is a 14 kB request line, and Node's default limit of 16 kB covers line and headers (notify.md §1.2). */
const MAX_HEADER_BYTES = 65_536;
const MAX_BODY_BYTES = 1_048_576;
const defaults = { receiptDelayMs: 1_500, receiptSpread: 0, queryLagMs: 0, callMs: 20_000, minuteMs: 60_000, qps: 5_000 };

/**
 * The vendors, on this machine, each in its own wire format; the admin interface at `/__…`, and for a browser a page of phones.
 * @throws the listen error (`EADDRINUSE`) when the port is taken
 */
export async function startGatewaySimulator(options: GatewaySimulatorOptions): Promise<GatewaySimulator> {
  const { now = Date.now, random = Math.random, accounts = { [simulatorAccount.accessKeyId]: simulatorAccount.accessKeySecret } } = options;
  const { receiptDelayMs, receiptSpread, queryLagMs, callMs, minuteMs, qps } = { ...defaults, ...options };
  const log = await MessageLog.open(options.dataDir);
  const registry = await Registry.open(join(options.dataDir, 'registry.json'));
  const { later, forget } = timers();
  const pushes = new Pushes(later, minuteMs);
  const faults = new Faults();
  const account = new Account(qps);
  const carrier = new Carrier({ log, now, later, random, receiptDelayMs, receiptSpread, callMs });
  const common = { log, registry, faults, account, carrier, pushes, now, queryLagMs };
  const cmpp = new Cmpp({ ...common, later });
  const mail = new MailServer({ ...common, later });
  const vendors: readonly Vendor[] = [
    new Mas(common),
    new Robots(common),
    new WebhookSink(common),
    new BroadcastPlatform(common),
    new Twilio({ ...common, ...simulatorTwilio }),
    new Alicloud({ ...common, accounts, later }),
    cmpp,
    mail,
  ];
  for (const vendor of vendors) carrier.serve(vendor);
  carrier.resume();
  const admin = new AdminApi({ log, registry, faults, carrier, account, pushes: () => pushes.stats });

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = incoming.url ?? '/';
    const url = new URL(target, 'http://local');
    const method = incoming.method ?? 'GET';
    if (method === 'GET' && browsed(url, response, log)) return;
    const body = await bodyOf(incoming);
    if (url.pathname.startsWith('/__')) return send(response, await admin.call(method, url, body));
    const request: WireRequest = { method, target, url, headers: incoming.headers, body };
    const vendor = vendors.find((one) => one.takes?.(request));
    const answer = await vendor?.answer?.(request);
    if (!answer) return send(response, { status: 404, body: { error: `no vendor is called at ${method} ${url.pathname}` } });
    if (answer.drop) incoming.socket.destroy();
    else if (answer.afterMs) later(answer.afterMs, () => send(response, answer));
    else send(response, answer);
  };

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) send(response, { status: 500, body: { Code: 'InternalError', Message: String(error) } });
    });
  });
  const close = async () => {
    forget();
    pushes.close();
    server.closeAllConnections();
    await Promise.all([closed(server), cmpp.close(), mail.close()]);
    await log.close();
  };
  const { port, host = '127.0.0.1' } = options;
  const nth = (index: number) => (port === 0 ? 0 : port + index);
  try {
    await listen(server, port, host);
    await listen(cmpp.server, nth(1), host);
    await listen(mail.listener, nth(2), host);
  } catch (error) {
    await close();
    throw error;
  }
  return { port: portOf(server), cmppPort: portOf(cmpp.server), smtpPort: portOf(mail.listener), close };
}

const portOf = (server: NetServer): number => (server.address() as AddressInfo).port;
/** Also when it never listened. */
const closed = (server: NetServer): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

function timers(): { later: Later; forget: () => void } {
  const running = new Set<NodeJS.Timeout>();
  return {
    later: (ms, act) => {
      const timer = setTimeout(() => {
        running.delete(timer);
        act();
      }, ms);
      running.add(timer);
    },
    forget: () => {
      for (const timer of running) clearTimeout(timer);
    },
  };
}

/** What a browser asks for: the page of phones and its parts. */
function browsed(url: URL, response: ServerResponse, log: MessageLog): boolean {
  const search = url.searchParams.get('q') ?? '';
  switch (url.pathname) {
    case '/':
      if (url.searchParams.has('Action')) return false;
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy':
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'",
        })
        .end(phonePage(log, search));
      return true;
    case '/__page.css':
      response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(style);
      return true;
    case '/__page.js':
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script);
      return true;
    case '/__live':
      streamPhones(response, log, search);
      return true;
    default:
      return false;
  }
}

function listen(server: NetServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) request.destroy(new Error('request body over 1 MiB'));
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the request ended in its middle')));
  });
}

/** A text goes out as it is, anything else as JSON. */
function send(response: ServerResponse, { status, body, type, headers }: Pick<WireAnswer, 'status' | 'type' | 'headers' | 'body'>): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': type ?? 'application/json; charset=utf-8', ...headers }).end(text);
}
