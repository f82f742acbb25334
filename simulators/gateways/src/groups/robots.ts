import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { simulatorDingtalk, simulatorWecom } from '#libs/contracts';
import { jsonOf, sameSignature } from '../frame/body.js';
import type { Carrier } from '../frame/carrier.js';
import type { Faults, RefusalReason } from '../frame/faults.js';
import { Limit } from '../frame/limits.js';
import { carried, refusalOf, type RefusalWords } from '../frame/refusal.js';
import type { Vendor, WireAnswer, WireRequest } from '../frame/vendor.js';

export interface RobotsOptions {
  faults: Faults;
  carrier: Carrier;
  now: () => number;
}

/** Messages a robot says in a minute before it is silenced (notify.md §3.4). */
const perMinute = [{ permits: 20, ms: 60_000, name: '分钟级' }];
/** Bytes of a text and of a markdown message. */
const DINGTALK_BYTES = 20_000;
const WECOM_TEXT_BYTES = 2_048;
const WECOM_MARKDOWN_BYTES = 4_096;
const CLOCK_SKEW_MS = 3_600_000;

const Text = z.object({ msgtype: z.literal('text'), text: z.object({ content: z.string().min(1) }) });
const DingtalkBody = z.union([
  Text,
  z.object({ msgtype: z.literal('markdown'), markdown: z.object({ title: z.string().min(1), text: z.string().min(1) }) }),
]);
const WecomBody = z.union([Text, z.object({ msgtype: z.literal('markdown'), markdown: z.object({ content: z.string().min(1) }) })]);

type Said = { text: string; bytes: number };

/** Group robots of DingTalk and WeCom. They answer HTTP 200 with an `errcode`, and report nothing later. */
export class Robots implements Vendor {
  readonly providers = ['dingtalk', 'wecom'];
  readonly #options: RobotsOptions;
  readonly #limit = new Limit(perMinute);

  constructor(options: RobotsOptions) {
    this.#options = options;
  }

  takes({ method, url }: WireRequest): boolean {
    return method === 'POST' && (url.pathname === '/robot/send' || url.pathname === '/cgi-bin/webhook/send');
  }

  async answer({ url, body }: WireRequest): Promise<WireAnswer> {
    return url.pathname === '/robot/send' ? this.#dingtalk(url, body) : this.#wecom(url, body);
  }

  async #dingtalk(url: URL, body: Buffer): Promise<WireAnswer> {
    const token = url.searchParams.get('access_token') ?? '';
    if (token !== simulatorDingtalk.accessToken) return said(300_001, 'token is not exist');
    const timestamp = Number(url.searchParams.get('timestamp'));
    const sign = createHmac('sha256', simulatorDingtalk.secret).update(`${timestamp}\n${simulatorDingtalk.secret}`).digest('base64');
    const fresh = Math.abs(this.#options.now() - timestamp) < CLOCK_SKEW_MS;
    if (!fresh || !sameSignature(sign, url.searchParams.get('sign') ?? '')) return said(310_000, 'sign not match');
    const message = DingtalkBody.safeParse(jsonOf(body)).data;
    if (!message) return said(40_035, '缺少参数 json');
    const text = message.msgtype === 'text' ? message.text.content : message.markdown.text;
    return this.#post('dingtalk', token, { text, bytes: body.length }, DINGTALK_BYTES, {
      limit: [130_101, 'send too fast, exceed 20 times per minute'],
      size: [460_101, 'message too long, exceed 20000 bytes'],
    });
  }

  async #wecom(url: URL, body: Buffer): Promise<WireAnswer> {
    const key = url.searchParams.get('key') ?? '';
    if (key !== simulatorWecom.key) return said(93_000, 'invalid webhook url');
    const message = WecomBody.safeParse(jsonOf(body)).data;
    if (!message) return said(40_008, 'invalid message type');
    const text = message.msgtype === 'text' ? message.text.content : message.markdown.content;
    const most = message.msgtype === 'text' ? WECOM_TEXT_BYTES : WECOM_MARKDOWN_BYTES;
    return this.#post('wecom', key, { text, bytes: Buffer.byteLength(text) }, most, {
      limit: [45_009, 'api freq out of limit'],
      size: [40_058, 'markdown.content exceed max length'],
    });
  }

  async #post(
    provider: string,
    robot: string,
    { text, bytes }: Said,
    most: number,
    codes: Readonly<Record<'limit' | 'size', readonly [number, string]>>,
  ): Promise<WireAnswer> {
    const { faults, carrier, now } = this.#options;
    const fault = faults.take(provider, robot);
    const before = refusalOf(fault, wordsOf(provider));
    if (before) return before;
    if (bytes > most) return said(...codes.size);
    if (this.#limit.exceeded(robot, now())) return said(...codes.limit);
    this.#limit.count(robot, now());
    const id = randomUUID();
    // A robot knows no id of the sender's.
    const draft = { to: `robot:${robot}`, sign: '', templateCode: '', text, parts: 1, outId: id, bizId: id, provider, channel: 'robot' };
    await carrier.take([draft], fault ?? { kind: 'no-receipt' });
    return carried(said(0, 'ok'), fault);
  }
}

const said = (errcode: number, errmsg: string): WireAnswer => ({ status: 200, body: { errcode, errmsg } });

/** Robots know no phones and no templates; what has no word of theirs is said by the nearest. */
const reasons: Readonly<Record<string, Readonly<Record<RefusalReason, number>>>> = {
  dingtalk: { number: 300_001, limit: 130_101, balance: 300_005, template: 40_035, content: 430_101 },
  wecom: { number: 93_000, limit: 45_009, balance: 93_000, template: 40_008, content: 40_058 },
};
const wordsOf = (provider: string): RefusalWords => ({
  reason: (reason) => said(reasons[provider]?.[reason] ?? -1, reason),
  code: (code) => said(Number(code), code),
  gateway: (reason) => ({ status: reason === 'throttled' ? 429 : 503, body: { errcode: -1, errmsg: 'system busy' } }),
});
