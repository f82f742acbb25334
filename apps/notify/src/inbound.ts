import { BlockList, isIPv4 } from 'node:net';
import type { HookSettings, HookView } from '#libs/contracts';
import type { Driver, InboundAnswer, InboundRequest, Outbox, ProviderNews, Receipt, Reply, Reported } from '#libs/notify';
import { sameHash, type Logger } from '#libs/platform';

/** A provider's request as the HTTP edge had it. `url` of the request: path and query as they were asked for. */
export interface HookCall {
  driver: string;
  token: string;
  /** Address it came from. */
  address: string;
  request: InboundRequest;
}
/** What became of a push; for the counter. */
export type PushOutcome = 'taken' | 'not-let-in' | 'not-understood' | 'not-kept';

export interface InboundOptions {
  drivers: () => readonly Driver[];
  outbox: Pick<Outbox, 'receive'>;
  settings: () => HookSettings;
  /** Secret part of a driver's address. */
  tokenOf: (driver: string, round: number) => string;
  /** Scheme, host and port as providers call them: what they sign. */
  baseUrl: () => string;
  publicUrl: string | undefined;
  /** Replies in the order they came; resolves when they are kept. */
  tell: (replies: readonly Reply[]) => Promise<void>;
  changed: (warningId: string) => void;
  /** What became of a message is known, and kept. */
  reported?: (receipt: Receipt, delivery: Reported) => void;
  counted: (driver: string, outcome: PushOutcome) => void;
  logger: Logger;
}

/** A provider that is let in but can't be read is most likely one whose format has changed: worth a line, not one a push. */
const SAY_EVERY_MS = 60_000;

/**
 * The way in for what providers tell by themselves: pushes over HTTP, and packets of standing connections. Receipts go to the outbox, replies to whoever
 * reads them. Answered with success only when both are kept, so that a provider pushes again what could not be.
 */
export class Inbound {
  readonly #options: InboundOptions;
  readonly #saidAt = new Map<string, number>();
  readonly #listening: (() => Promise<void>)[] = [];

  constructor(options: InboundOptions) {
    this.#options = options;
  }

  /** Addresses to be entered with the providers, of every driver that has something to push. */
  hooks(): HookView[] {
    const { drivers, publicUrl } = this.#options;
    const names = new Set(
      drivers()
        .filter(({ channel }) => channel.inbound !== undefined)
        .map(({ channel }) => channel.name),
    );
    return [...names].map((driver) => {
      const path = this.pathOf(driver);
      return { driver, path, ...(publicUrl === undefined ? {} : { url: publicUrl + path }) };
    });
  }

  pathOf(driver: string): string {
    const { settings, tokenOf } = this.#options;
    return `/hooks/${driver}/${tokenOf(driver, settings().round)}`;
  }

  /** @returns undefined for what is let in nowhere: the edge then answers as if nothing were there */
  async push({ driver: name, token, address, request }: HookCall): Promise<InboundAnswer | undefined> {
    const { drivers, settings, tokenOf, baseUrl, counted, logger } = this.#options;
    const driver = drivers().find(({ channel }) => channel.name === name && channel.inbound !== undefined);
    const { allow, round } = settings();
    if (!driver?.channel.inbound || !sameHash(token, tokenOf(name, round)) || !isAllowed(address, allow)) {
      counted(driver ? name : 'unknown', 'not-let-in');
      return undefined;
    }
    const read = driver.channel.inbound({ ...request, url: baseUrl() + request.url });
    if (!read) {
      counted(name, 'not-understood');
      this.#say(name, 'a push was not understood or not signed as it should be; the provider will push it again');
      return { status: 400, type: 'text/plain; charset=utf-8', body: 'not understood' };
    }
    try {
      await this.take(read.news);
    } catch (error) {
      counted(name, 'not-kept');
      logger.warn({ driver: name, err: error }, 'a push could not be kept; the provider will push it again');
      return { status: 503, type: 'text/plain; charset=utf-8', body: 'not kept' };
    }
    counted(name, 'taken');
    return read.answer;
  }

  /** Keeps what a provider told. @throws when it could not be kept */
  async take({ receipts, replies }: ProviderNews): Promise<void> {
    const { outbox, tell, changed, reported } = this.#options;
    for (const receipt of receipts) {
      const known = await outbox.receive(receipt);
      if (!known) continue;
      changed(known.warningId);
      reported?.(receipt, known);
    }
    if (replies.length > 0) await tell(replies);
  }

  /** Hears drivers with a connection of their own. */
  listen(): void {
    for (const { channel } of this.#options.drivers()) {
      const stop = channel.listen?.((news) => this.take(news));
      if (stop) this.#listening.push(stop);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#listening.splice(0).map((stop) => stop()));
  }

  #say(driver: string, what: string): void {
    const now = performance.now();
    if (now - (this.#saidAt.get(driver) ?? -Infinity) < SAY_EVERY_MS) return;
    this.#saidAt.set(driver, now);
    this.#options.logger.warn({ driver }, what);
  }
}

/** Whether an address may push; an empty list lets everyone. An IPv4 address that arrives over IPv6 (`::ffff:203.0.113.7`) is the IPv4 one. */
export function isAllowed(address: string, allow: readonly string[]): boolean {
  if (allow.length === 0) return true;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const list = new BlockList();
  for (const range of allow) {
    const [from = '', bits] = range.split('/');
    const family = isIPv4(from) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(from, family);
    else list.addSubnet(from, Number(bits), family);
  }
  return list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
}
