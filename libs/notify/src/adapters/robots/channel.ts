import { z } from 'zod';
import { SECOND, type Clock } from '#libs/contracts';
import type { Channel, OutgoingMessage, SendResult } from '../../ports.js';
import { messageTitle } from '../../message/words.js';
import { post } from '../http/post.js';
import { jsonOf, refusal, withoutAnswer } from '../http/status.js';
import { MinuteBucket } from './bucket.js';
import type { RobotDialect } from './dialect.js';

export interface GroupRobotOptions {
  /** As in the settings; deliveries to it have the address `robot:<id>`. */
  id: string;
  vendor: 'dingtalk' | 'wecom';
  dialect: RobotDialect;
  clock: Clock;
  timeoutMs?: number;
}

const TIMEOUT_MS = 5 * SECOND;
const Answer = z.object({ errcode: z.number().int(), errmsg: z.string().default('') });

/**
 * A robot that speaks into a group of DingTalk or WeCom. Its answer is all it ever tells: the group has the message, and nobody says who read it, so
 * it informs and never counts as somebody reached.
 */
export class GroupRobot implements Channel {
  readonly channel = 'robot';
  readonly name: string;
  readonly capabilities = { maxBatch: 1, receipts: false, replies: false, maxParts: 1 };
  readonly #options: GroupRobotOptions;
  readonly #bucket = new MinuteBucket();

  constructor(options: GroupRobotOptions) {
    this.#options = options;
    this.name = `${options.vendor}:${options.id}`;
  }

  serves(address: string): boolean {
    return address === `robot:${this.#options.id}`;
  }

  async send({ outId, template, about }: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const { vendor, dialect, clock, timeoutMs = TIMEOUT_MS } = this.#options;
    const now = clock.now();
    const wait = this.#bucket.take(now);
    if (wait > 0) return refusal(this.name, 'TRANSIENT', 'own-rate', wait);
    const headers = { 'content-type': 'application/json;charset=utf-8' };
    const outcome = await post({ ...dialect.request(messageTitle(about), template.text, now), headers, signal, timeoutMs });
    const nothing = withoutAnswer(vendor, outcome);
    if (nothing) return nothing;
    const answer = Answer.safeParse(jsonOf('body' in outcome ? outcome.body : ''));
    if (!answer.success) return refusal(vendor, 'UNKNOWN', 'answer-unreadable');
    const { errcode } = answer.data;
    if (errcode === 0) return { ok: true, providerId: outId, delivered: true };
    const cls = dialect.classify(errcode);
    if (cls === 'RECIPIENT_LIMIT') this.#bucket.full(now);
    return refusal(vendor, cls, String(errcode));
  }
}
