import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { SECOND, toIso, type Clock, type WarningLevel } from '#libs/contracts';
import type { Channel, InboundAnswer, InboundRequest, OutgoingMessage, ProviderNews, Receipt, SendResult } from '../../ports.js';
import type { ErrorClass } from '../../ports.js';
import { post } from '../http/post.js';
import { jsonOf, refusal, withoutAnswer } from '../http/status.js';

export interface BroadcastPlatformOptions {
  /** Where messages are POSTed. */
  url: string;
  /** Shared with the platform: signs both ways. */
  secret: string;
  /** Division codes whose horns are to speak. */
  areaCodes: readonly string[];
  /** 0 … 100. */
  volume: number;
  /** How often a text is read. */
  repeat: number;
  privateAddress: boolean;
  clock: Clock;
  timeoutMs?: number;
}

const TIMEOUT_MS = 5 * SECOND;
/** Levels of GY/T 385-2023: Ⅰ 特别重大 … Ⅳ 一般. */
const levelNumber: Readonly<Record<WarningLevel, number>> = { red: 1, orange: 2, yellow: 3, blue: 4 };

const Answer = z.object({ accepted: z.boolean(), terminals: z.number().int().optional(), code: z.string().default('refused') });
const Report = z.object({
  ebmId: z.string().min(1),
  terminals: z.array(z.object({ terminalId: z.string(), status: z.enum(['played', 'failed']), playedAt: z.string() })).min(1),
});

const classOf: Readonly<Record<string, ErrorClass>> = {
  'area-unknown': 'RECIPIENT_PERM',
  'area-busy': 'RECIPIENT_LIMIT',
  'account-suspended': 'ACCOUNT',
  'signature-invalid': 'ACCOUNT',
  'template-unknown': 'TEMPLATE',
  'text-refused': 'CONTENT',
  'message-invalid': 'BUG',
  unavailable: 'TRANSIENT',
};

/**
 * The county's emergency-broadcast platform (应急广播): one message for the horns of its areas, and later how each horn played it. A later message of the
 * same warning first stops the earlier ones. The national
 * formats (GY/T 385-2023) were not to be had; this is a JSON of our own, to be mapped where a platform speaks another (notify.md §3.3).
 */
export class BroadcastPlatform implements Channel {
  readonly channel = 'broadcast';
  readonly name = 'broadcast';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: false, maxParts: 1, once: true } as const;
  readonly #options: BroadcastPlatformOptions;

  constructor(options: BroadcastPlatformOptions) {
    this.#options = options;
  }

  serves(address: string): boolean {
    return address === 'broadcast:platform';
  }

  async send({ outId, template, about, validitySeconds }: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const { areaCodes, volume, repeat, clock } = this.#options;
    const level = levelNumber[about?.level ?? 'blue'];
    // "Leave" and "it is over" from two horns of one village: what was said of the warning before falls silent first.
    for (const ebmId of about?.earlier ?? []) {
      const refused = await this.#stop(ebmId, level, signal);
      if (refused) return refused;
    }
    const now = clock.now();
    const times = {
      startAt: toIso(now),
      // The horns fall silent by themselves: a message that is over is never read out.
      endAt: toIso(now + validitySeconds * SECOND),
    };
    return this.#say({ ebmId: outId, level, msgType: 'play', areaCodes, text: template.text, repeat, volume, ...times }, signal);
  }

  /** @returns why it could not be stopped; undefined when it is silent, or was over */
  async #stop(ebmId: string, level: number, signal: AbortSignal): Promise<SendResult | undefined> {
    const { areaCodes, clock } = this.#options;
    const answer = await this.#say({ ebmId, level, msgType: 'stop', areaCodes, startAt: toIso(clock.now()) }, signal);
    if (answer.ok || answer.code === 'message-unknown') return undefined;
    // Of the message itself nothing was said yet, and stopping twice is stopping: no outcome is unknown.
    return answer.cls === 'UNKNOWN' ? refusal(this.name, 'TRANSIENT', `stop-${answer.code}`) : answer;
  }

  async #say(message: { ebmId: string } & Record<string, unknown>, signal: AbortSignal): Promise<SendResult> {
    const { url, secret, privateAddress, timeoutMs = TIMEOUT_MS } = this.#options;
    const body = JSON.stringify({ ...message, signature: signatureOf(secret, JSON.stringify(message)) });
    const headers = { 'content-type': 'application/json;charset=utf-8' };
    const outcome = await post({ url, headers, body, signal, timeoutMs, publicOnly: !privateAddress });
    const nothing = withoutAnswer(this.name, outcome);
    if (nothing) return nothing;
    const answer = Answer.safeParse(jsonOf('body' in outcome ? outcome.body : ''));
    if (!answer.success) return refusal(this.name, 'UNKNOWN', 'answer-unreadable');
    const { accepted, code } = answer.data;
    return accepted ? { ok: true, providerId: message.ebmId } : refusal(this.name, classOf[code] ?? 'BUG', code);
  }

  inbound({ method, body }: InboundRequest): { news: ProviderNews; answer: InboundAnswer } | undefined {
    const json = jsonOf(body.toString('utf8'));
    const signed = z.object({ signature: z.string() }).loose().safeParse(json);
    const report = Report.safeParse(json);
    if (method !== 'POST' || !signed.success || !report.success) return undefined;
    if (!same(signed.data.signature, signatureOf(this.#options.secret, JSON.stringify(report.data)))) return undefined;
    const receipt = receiptOf(report.data, this.#options.clock.now());
    return { news: { receipts: [receipt], replies: [] }, answer: { status: 200, type: 'application/json', body: '{"received":true}' } };
  }
}

/** Some horn played it: the area heard it. None did: nobody. How many is in the code, for whoever looks for the silent ones. */
function receiptOf({ ebmId, terminals }: z.infer<typeof Report>, at: number): Receipt {
  const played = terminals.filter(({ status }) => status === 'played').length;
  const status = played > 0 ? 'delivered' : 'failed';
  return { outId: ebmId, providerId: ebmId, provider: 'broadcast', status, code: `played-${played}-of-${terminals.length}`, at };
}

const signatureOf = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex');

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
