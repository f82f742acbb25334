import { createHash } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { SECOND, normalPhone, type Clock } from '#libs/contracts';
import type { Channel, InboundAnswer, InboundRequest, OutgoingMessage, ProviderNews, SendResult } from '../../ports.js';
import { Submissions, type SubmittedWithin } from '../carrier/submissions.js';
import { post } from '../http/post.js';
import { jsonOf, refusal, withoutAnswer } from '../http/status.js';
import { classifyAnswer, outcomeOf } from './errors.js';
import { MasAnswer, readPush, submission, type MasAccount } from './wire.js';

export interface MasSmsOptions extends MasAccount {
  /** The vendor's template ids, by our template code; a message without one goes as free text, which needs no approval. */
  templateIds?: () => Readonly<Record<string, string>>;
  clock: Clock;
  timeoutMs?: number;
}

/** Under the worker's own limit, so that this answer is the one that counts. */
const TIMEOUT_MS = 5 * SECOND;
/** Standing connections: a county's red has to leave within seconds, and a new connection for each of 5,000 messages takes longer than the message. */
const SOCKETS = 64;
const HOURS_AHEAD = '+08:00';

/**
 * China Mobile 云MAS over HTTP, the gateway most counties have (notify.md §3.1). It names a message by `msgGroup`, knows no id of ours and can't be
 * asked: what became of a message comes as a push under that name. A submission without an answer has none; its report is known by number and second
 * of submission, and the message is sent again only when none has come (gate/policy.ts, `receiptWindowMs`).
 */
export class MasSms implements Channel {
  readonly channel = 'sms';
  readonly name = 'mas';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: true, maxParts: 10 };
  readonly #options: MasSmsOptions;
  readonly #agent: HttpAgent;
  /** Messages by their out id. */
  readonly #submissions: Submissions<string>;

  constructor(options: MasSmsOptions) {
    this.#options = options;
    this.#submissions = new Submissions(options.clock.now());
    const keep = { keepAlive: true, maxSockets: SOCKETS, timeout: 4 * SECOND };
    this.#agent = options.url.startsWith('https:') ? new HttpsAgent(keep) : new HttpAgent(keep);
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const { template } = message;
    const to = normalPhone(message.to);
    const templateId = this.#options.templateIds?.()[template.code];
    const content = templateId ? { templateId, params: Object.values(template.params) } : { content: template.text };
    const { path, body } = submission(this.#options, to, content);
    const left = this.#submissions.left(message.outId, to, this.#options.clock.now());
    const outcome = await post({
      url: new URL(path, this.#options.url).href,
      headers: { 'content-type': 'application/json;charset=utf-8' },
      body,
      signal,
      timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
      agent: this.#agent,
    });
    const result = withoutAnswer(this.name, outcome) ?? read('body' in outcome ? outcome.body : '');
    if (result.ok) this.#submissions.named(left, result.providerId);
    else if (result.cls !== 'UNKNOWN') this.#submissions.refused(left);
    return result;
  }

  inbound({ method, body }: InboundRequest): { news: ProviderNews; answer: InboundAnswer } | undefined {
    const push = method === 'POST' ? readPush(body.toString('utf8')) : undefined;
    if (!push) return undefined;
    const now = this.#options.clock.now();
    const receipts = push.reports.map((report) => {
      const at = civilTime(report.receiveDate) ?? now;
      const outId = this.#submissions.ownerOf(report.msgGroup, normalPhone(report.mobile), secondOf(report.submitDate));
      return { ...(outId === undefined ? {} : { outId }), providerId: report.msgGroup, provider: this.name, at, ...outcomeOf(report) };
    });
    const replies = push.ups.map((up) => ({
      provider: this.name,
      // The vendor numbers no reply: the same words of the same phone at the same second are the same reply, pushed again.
      sequenceId: createHash('sha256')
        .update(JSON.stringify([up.mobile, up.sendTime, up.smsContent]))
        .digest('hex')
        .slice(0, 24),
      channel: 'sms' as const,
      from: normalPhone(up.mobile),
      content: up.smsContent,
      at: civilTime(up.sendTime) ?? now,
    }));
    return { news: { receipts, replies }, answer: { status: 200, type: 'application/json', body: '{"rspcod":"success","success":true}' } };
  }
}

function read(body: string): SendResult {
  const answer = MasAnswer.safeParse(jsonOf(body));
  // HTTP 200 with something else than the vendor's JSON: some gateway in between, and nobody knows what it did.
  if (!answer.success) return refusal('mas', 'UNKNOWN', 'answer-unreadable');
  const { rspcod, msgGroup, success } = answer.data;
  if (success && rspcod === 'success') return { ok: true, providerId: msgGroup };
  return refusal('mas', classifyAnswer(rspcod), rspcod);
}

function secondOf(submitDate: string): SubmittedWithin | undefined {
  const from = civilTime(submitDate);
  return from === undefined ? undefined : { from, until: from + SECOND };
}

/** `20210906144506` or `2021-09-06 14:45:06`, Beijing; undefined when it is no time. */
function civilTime(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})-?(\d\d)-?(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)/.exec(text) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${HOURS_AHEAD}`);
  return Number.isFinite(at) ? at : undefined;
}
