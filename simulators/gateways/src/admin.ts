import { z } from 'zod';
import { GatewayRegistry, type GatewayMessage } from '#libs/contracts';
import { FaultOrder, type Faults } from './faults.js';
import type { AcceptedMessage, MessageLog } from './message-log.js';
import { normaliseNumber } from './numbers.js';
import type { Registry } from './registry.js';

const ReplyOrder = z.object({ from: z.string().min(3).max(20), text: z.string().min(1).max(500) });

export interface AdminOptions {
  log: MessageLog;
  registry: Registry;
  faults: Faults;
  now: () => number;
}
export interface AdminAnswer {
  status: number;
  body: unknown;
}

/** The simulator's own interface, for tests and for whoever watches: `/__outbox`, `/__reply`, `/__faults`, `/__stats`, `/__templates`. */
export class AdminApi {
  readonly #options: AdminOptions;

  constructor(options: AdminOptions) {
    this.#options = options;
  }

  async call(method: string, url: URL, body: Buffer): Promise<AdminAnswer> {
    const { log, faults } = this.#options;
    switch (`${method} ${url.pathname}`) {
      case 'GET /__outbox': {
        const to = url.searchParams.get('to');
        return { status: 200, body: (to ? log.to(to) : log.messages).map(toView) };
      }
      case 'GET /__replies':
        return { status: 200, body: log.replies };
      case 'GET /__faults':
        return { status: 200, body: { active: faults.list() } };
      case 'GET /__stats':
        return { status: 200, body: this.#stats() };
      case 'POST /__faults':
        return parsed(FaultOrder, body, async (order) => {
          faults.order(order);
          return { active: faults.list() };
        });
      case 'POST /__reply':
        return parsed(ReplyOrder, body, async ({ from, text }) => {
          const reply = { from: normaliseNumber(from), text, at: this.#options.now() };
          await log.add({ reply });
          return reply;
        });
      case 'POST /__templates':
        return parsed(GatewayRegistry, body, async (given) => {
          await this.#options.registry.register(given);
          return { signs: given.signs.length, templates: given.templates.length };
        });
      default:
        return { status: 404, body: { error: `no ${method} ${url.pathname} here` } };
    }
  }

  #stats() {
    const { messages, replies } = this.#options.log;
    const perOutId = new Map<string, number>();
    const byProvider: Record<string, number> = {};
    for (const { outId, provider } of messages) {
      perOutId.set(outId, (perOutId.get(outId) ?? 0) + 1);
      byProvider[provider] = (byProvider[provider] ?? 0) + 1;
    }
    const counts = [...perOutId.values()];
    return {
      accepted: messages.length,
      unique: perOutId.size,
      duplicated: counts.filter((count) => count > 1).length,
      most: counts.reduce((most, count) => Math.max(most, count), 0),
      replies: replies.length,
      byProvider,
    };
  }
}

const toView = ({ id, to, text, parts, outId, provider, channel, at }: AcceptedMessage): GatewayMessage => ({
  id,
  to,
  text,
  parts,
  outId,
  provider,
  channel,
  at: new Date(at).toISOString(),
});

async function parsed<T>(schema: z.ZodType<T>, body: Buffer, act: (value: T) => Promise<unknown>): Promise<AdminAnswer> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { status: 400, body: { error: 'the body is not JSON' } };
  }
  const value = schema.safeParse(json);
  if (!value.success)
    return { status: 400, body: { error: value.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) } };
  return { status: 200, body: await act(value.data) };
}
