import { createHash, randomInt } from 'node:crypto';
import { z } from 'zod';
import { civilDigits, simulatorMas } from '#libs/contracts';
import { jsonOf } from '../frame/body.js';
import type { Carrier } from '../frame/carrier.js';
import type { Faults, RefusalReason } from '../frame/faults.js';
import type { Account } from '../frame/limits.js';
import type { AcceptedMessage, Reply } from '../frame/message-log.js';
import { isMainlandMobile } from '../frame/numbers.js';
import type { Pushes } from '../frame/pushes.js';
import { carried, refusalOf, type RefusalWords } from '../frame/refusal.js';
import type { Registry } from '../frame/registry.js';
import type { Vendor, WireAnswer, WireRequest } from '../frame/vendor.js';

export interface MasOptions {
  registry: Registry;
  faults: Faults;
  account: Account;
  carrier: Carrier;
  pushes: Pushes;
  now: () => number;
}

const PROVIDER = 'mas';
const MOST_NUMBERS = 5_000;

const Submission = z.object({
  ecName: z.string(),
  apId: z.string(),
  mobiles: z.string().min(1),
  sign: z.string(),
  addSerial: z.string().max(20),
  mac: z.string(),
  content: z.string().optional(),
  templateId: z.string().optional(),
  params: z.string().optional(),
});

/** 云MAS of China Mobile over HTTP: free text and templates, bodies of JSON in base64. Refusals have HTTP 200. */
export class Mas implements Vendor {
  readonly providers = [PROVIDER];
  readonly #options: MasOptions;

  constructor(options: MasOptions) {
    this.#options = options;
  }

  takes({ method, url }: WireRequest): boolean {
    return method === 'POST' && (url.pathname === '/sms/norsubmit' || url.pathname === '/sms/tmpsubmit');
  }

  async answer({ url, body }: WireRequest): Promise<WireAnswer> {
    const { account, faults, carrier, now } = this.#options;
    const given = parse(body);
    if (!given) return said('InvalidMessage');
    const text = url.pathname === '/sms/norsubmit' ? given.content : this.#filled(given);
    if (given.ecName !== simulatorMas.ecName || given.apId !== simulatorMas.apId) return said('InvalidUsrOrPwd');
    if (given.mac !== macOf(given)) return said('IllegalMac');
    if (given.sign !== simulatorMas.signCode) return said(given.sign === '' ? 'NoSignId' : 'IllegalSignId');
    if (text === undefined || text === '') return said('InvalidMessage');
    const mobiles = given.mobiles.split(',');
    if (mobiles.length > MOST_NUMBERS) return said('TooManyMobiles');
    if (!mobiles.every(isMainlandMobile)) return said('InvalidMessage');
    const fault = faults.take(PROVIDER, mobiles[0] ?? '');
    const before = refusalOf(fault, words);
    if (before) return before;
    if (!account.admit(now())) return words.gateway('throttled');
    const signed = `【${this.#options.registry.sign() ?? simulatorMas.signCode}】${text}`;
    const msgGroup = `${stamp(now()).slice(4)}${String(randomInt(1e9)).padStart(10, '0')}`;
    const parts = signed.length <= 70 ? 1 : Math.ceil(signed.length / 67);
    // The vendor knows no id of the sender's; the group stands in its place, so that each submission counts as one message.
    const draft = { sign: given.sign, templateCode: given.templateId ?? '', text: signed, parts, outId: msgGroup, bizId: msgGroup };
    await carrier.take(
      mobiles.map((to) => ({ ...draft, to, provider: PROVIDER, channel: 'sms' })),
      fault,
    );
    return carried({ status: 200, body: { msgGroup, rspcod: 'success', success: true } }, fault);
  }

  report({ to, bizId, receipt, at, receiptAt }: AcceptedMessage): void {
    const delivered = receipt === 'DELIVERED';
    this.#push([
      {
        msgGroup: bizId,
        mobile: to.replace(/^\+86/, ''),
        errorCode: delivered ? 'CM:0000' : 'CM:2007',
        reportStatus: delivered ? 'DELIVRD' : receipt,
        submitDate: stamp(at),
        receiveDate: stamp(receiptAt),
      },
    ]);
  }

  reply({ from, text, at }: Reply): void {
    this.#push([{ mobile: from.replace(/^\+86/, ''), smsContent: text, sendTime: stamp(at), addSerial: simulatorMas.addSerial }]);
  }

  #push(items: readonly Record<string, unknown>[]): void {
    const url = this.#options.registry.hookOf(PROVIDER);
    if (url === undefined) return;
    const headers = { 'content-type': 'application/json' };
    this.#options.pushes.send({ url, headers, body: JSON.stringify(items), accepted: (status) => status === 200 });
  }

  /** A template of the registry, its variables filled in their order. */
  #filled({ templateId, params }: z.infer<typeof Submission>): string | undefined {
    const template = templateId === undefined ? undefined : this.#options.registry.template(templateId);
    const values = z.array(z.string()).safeParse(JSON.parse(params ?? '[]'));
    if (template === undefined || !values.success) return undefined;
    let next = 0;
    return template.replace(/\$\{\w+\}/g, () => values.data[(next += 1) - 1] ?? '');
  }
}

const parse = (body: Buffer): z.infer<typeof Submission> | undefined =>
  Submission.safeParse(jsonOf(Buffer.from(body.toString('ascii'), 'base64'))).data;

function macOf({ ecName, apId, mobiles, sign, addSerial, content, templateId, params }: z.infer<typeof Submission>): string {
  const what = content === undefined ? [templateId ?? '', mobiles, params ?? ''] : [mobiles, content];
  return createHash('md5')
    .update([ecName, apId, simulatorMas.secretKey, ...what, sign, addSerial].join(''))
    .digest('hex');
}

const said = (rspcod: string): WireAnswer => ({ status: 200, body: { rspcod, msgGroup: '', success: false } });

/** It has no word for one number: what it will not carry to a phone it says in the report. */
const reasons: Readonly<Record<RefusalReason, string>> = {
  number: 'InvalidMessage',
  limit: 'InvalidMessage',
  balance: 'InvalidUsrOrPwd',
  template: 'IllegalSignId',
  content: 'InvalidMessage',
};
const words: RefusalWords = {
  reason: (reason) => said(reasons[reason]),
  code: said,
  gateway: () => ({ status: 503, body: { rspcod: 'ServiceUnavailable', success: false } }),
};

/** `20210906144506`, Beijing. */
const stamp = (at: number): string => civilDigits(at).slice(0, 14);
