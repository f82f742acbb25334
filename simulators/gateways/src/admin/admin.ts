import { z } from 'zod';
import { GatewayHooks, GatewayRegistry, type GatewayMessage } from '#libs/contracts';
import type { Carrier } from '../frame/carrier.js';
import { FaultOrder, type Faults } from '../frame/faults.js';
import type { Account } from '../frame/limits.js';
import type { AcceptedMessage, MessageLog } from '../frame/message-log.js';
import type { PushStats } from '../frame/pushes.js';
import type { Registry } from '../frame/registry.js';

const ReplyOrder = z.object({ from: z.string().min(3).max(20), text: z.string().min(1).max(500) });
/** At the phone: a key, or none to hang up. The call by its id, or the one that rings at a number. */
const CallOrder = z.object({
  id: z.string().optional(),
  to: z.string().min(3).max(20).optional(),
  key: z
    .string()
    .regex(/^[0-9*#]$/)
    .optional(),
});
const AccountOrder = z.object({ balance: z.number().int().min(0).nullable() });

export interface AdminOptions {
  log: MessageLog;
  registry: Registry;
  faults: Faults;
  carrier: Carrier;
  account: Account;
  pushes: () => PushStats;
}
export interface AdminAnswer {
  status: number;
  body: unknown;
}

/** The simulator's own interface, for tests and for whoever watches: everything under `/__…`. */
export class AdminApi {
  readonly #options: AdminOptions;

  constructor(options: AdminOptions) {
    this.#options = options;
  }

  async call(method: string, url: URL, body: Buffer): Promise<AdminAnswer> {
    const { log, faults, registry, carrier, account } = this.#options;
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
        return { status: 200, body: this.#stats(url.searchParams.get('outIds') === 'all') };
      case 'POST /__faults':
        return parsed(FaultOrder, body, async (order) => {
          faults.order(order);
          return { active: faults.list() };
        });
      case 'POST /__reply':
        return parsed(ReplyOrder, body, ({ from, text }) => carrier.reply(from, text));
      case 'POST /__call':
        return this.#atThePhone(body);
      case 'POST /__account':
        return parsed(AccountOrder, body, async ({ balance }) => {
          account.balance = balance ?? undefined;
          return { balance };
        });
      case 'POST /__templates':
        return parsed(GatewayRegistry, body, async (given) => {
          await registry.register(given);
          return { signs: given.signs.length, templates: given.templates.length };
        });
      case 'POST /__hooks':
        return parsed(GatewayHooks, body, async (given) => {
          await registry.hook(given);
          return { hooks: Object.keys(given) };
        });
      default:
        return { status: 404, body: { error: `no ${method} ${url.pathname} here` } };
    }
  }

  async #atThePhone(body: Buffer): Promise<AdminAnswer> {
    const { carrier } = this.#options;
    let found: AcceptedMessage | undefined;
    const answer = await parsed(CallOrder, body, async ({ id, to, key }) => {
      found = await carrier.press(id ?? (to === undefined ? '' : (carrier.ringing(to)?.id ?? '')), key);
      return found && toView(found);
    });
    return answer.status === 200 && !found ? { status: 409, body: { error: 'no call rings there' } } : answer;
  }

  #stats(everyOutId: boolean) {
    const { log, pushes } = this.#options;
    const perOutId = new Map<string, number>();
    const byProvider: Record<string, number> = {};
    for (const { outId, provider } of log.messages) {
      perOutId.set(outId, (perOutId.get(outId) ?? 0) + 1);
      byProvider[provider] = (byProvider[provider] ?? 0) + 1;
    }
    const counts = [...perOutId.values()];
    return {
      accepted: log.messages.length,
      unique: perOutId.size,
      duplicated: counts.filter((count) => count > 1).length,
      most: counts.reduce((most, count) => Math.max(most, count), 0),
      replies: log.replies.length,
      byProvider,
      pushes: pushes(),
      /** Times each outId was taken; all of them only when asked for. */
      ...(everyOutId ? { perOutId: Object.fromEntries(perOutId) } : {}),
    };
  }
}

const toView = ({ id, to, text, parts, outId, provider, channel, at, call, receipt }: AcceptedMessage) =>
  ({
    id,
    to,
    text,
    parts,
    outId,
    provider,
    channel,
    at: new Date(at).toISOString(),
    receipt,
    ...(call ? { call } : {}),
  }) satisfies GatewayMessage & Record<string, unknown>;

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
