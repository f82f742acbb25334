import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayMessage, HOUR, type Clock } from '#libs/contracts';
import { startGatewaySimulator, type GatewaySimulator } from '#simulators/gateways';
import type { ProviderMood } from '../channel.conformance.js';
import type { Channel, OutgoingMessage, ProviderNews, Receipt, Reply } from '../ports.js';

/** Fault of the simulator that puts a vendor into a mood. */
const faultOf: Readonly<Record<ProviderMood, string>> = {
  accepts: 'none',
  TRANSIENT: 'unavailable',
  RECIPIENT_LIMIT: 'business-limit',
  RECIPIENT_PERM: 'number-illegal',
  ACCOUNT: 'amount-not-enough',
  TEMPLATE: 'template-illegal',
  CONTENT: 'content-illegal',
  'takes-it-and-hangs-up': 'accept-then-drop',
  'answers-too-late': 'delay',
};

/**
 * How long an adapter in a test waits for an answer. Shorter: a busy machine looks like a vendor that does not answer; as long as the vendor's
 * delay (ten seconds): one that answers too late would be heard.
 */
export const ANSWER_MS = 5_000;
/** What does not happen within this does not happen. */
const LIMIT_MS = 60_000;

/** A clock whose first look is an hour back: an adapter made with it has been at work for that long. */
export function atWorkForAnHour(): Clock {
  let made = false;
  return {
    now: () => {
      const ago = made ? 0 : HOUR;
      made = true;
      return Date.now() - ago;
    },
  };
}

/** The gateway simulator in a test, with an address the vendors push to. */
export class GatewayBench {
  readonly #dataDir: string;
  readonly #hooks: Server;
  readonly simulator: GatewaySimulator;
  /** What the vendors told us. */
  readonly news: ProviderNews = { receipts: [], replies: [] };
  /** Addresses of pushes the channel did not take. */
  readonly refused: string[] = [];
  #channel: Channel | undefined;

  private constructor(dataDir: string, simulator: GatewaySimulator, hooks: Server) {
    this.#dataDir = dataDir;
    this.simulator = simulator;
    this.#hooks = hooks;
  }

  static async open(sign: string, over: Partial<Parameters<typeof startGatewaySimulator>[0]> = {}): Promise<GatewayBench> {
    const dataDir = await mkdtemp(join(tmpdir(), 'wangshan-gateway-bench-'));
    const simulator = await startGatewaySimulator({ port: 0, dataDir, receiptDelayMs: 30, ...over });
    const hooks = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const address = new URL(url, bench.hook).href;
        const given = { method, url: address, headers: headers as Record<string, string>, body: Buffer.concat(chunks) };
        const read = bench.#channel?.inbound?.(given);
        if (read) bench.hear(read.news);
        else bench.refused.push(address);
        response.writeHead(read?.answer.status ?? 400, { 'content-type': read?.answer.type ?? 'text/plain' }).end(read?.answer.body);
      });
    });
    await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
    const bench = new GatewayBench(dataDir, simulator, hooks);
    await bench.order('__templates', { signs: [sign], templates: [{ code: 'SMS_900001', text: '地灾红色预警：${where}' }] });
    return bench;
  }

  get url(): string {
    return `http://127.0.0.1:${this.simulator.port}`;
  }

  /** Where pushes come in. */
  get hook(): string {
    return `http://127.0.0.1:${(this.#hooks.address() as AddressInfo).port}/push`;
  }

  /** Pushes of this provider go to this channel. */
  async pushTo(channel: Channel): Promise<void> {
    this.#channel = channel;
    await this.order('__hooks', { [channel.name]: this.hook });
  }

  hear(news: ProviderNews): void {
    this.news.receipts.push(...news.receipts);
    this.news.replies.push(...news.replies);
  }

  async order(path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${this.url}/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async mood(mood: ProviderMood): Promise<void> {
    await this.order('__faults', { kind: 'none' });
    if (mood !== 'accepts') await this.order('__faults', { kind: faultOf[mood], count: 1 });
  }

  async outbox(): Promise<GatewayMessage[]> {
    const taken = (await (await fetch(`${this.url}/__outbox`)).json()) as unknown[];
    return taken.map((one) => GatewayMessage.parse(one));
  }

  /** Messages the vendors took with this outId. */
  async taken(outId: string): Promise<number> {
    return (await this.outbox()).filter((one) => one.outId === outId).length;
  }

  receiptOf(outId: string): Promise<Receipt> {
    return this.until(() => this.news.receipts.find((one) => one.outId === outId));
  }

  replyTo(outId: string): Promise<Reply> {
    return this.until(() => this.news.replies.find((one) => one.outId === outId));
  }

  /** Waits until there is something, or it is true. */
  async until<T>(what: () => T): Promise<NonNullable<T>> {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const found = what();
      if (found !== undefined && found !== null && found !== false) return found;
      if (Date.now() > end) throw new Error(`it did not happen in ${LIMIT_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#hooks.close(resolve).closeAllConnections());
    await this.simulator.close();
    await rm(this.#dataDir, { recursive: true });
  }
}

let phone = 0;
/** A message to a number of its own. */
export const aMessage = (outId: string, over: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  outId,
  to: `1390000${String((phone += 1)).padStart(4, '0')}`,
  template: { code: 'SMS_900001', params: { where: '石碑村3组' }, text: '地灾红色预警：石碑村3组' },
  validitySeconds: 180,
  ...over,
});
