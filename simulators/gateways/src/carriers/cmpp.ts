import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { civilDigits, simulatorCmpp } from '#libs/contracts';
import { HASTE_MS, type Carrier } from '../frame/carrier.js';
import type { Fault, Faults, RefusalReason } from '../frame/faults.js';
import type { Account } from '../frame/limits.js';
import type { AcceptedMessage, Reply } from '../frame/message-log.js';
import { isMainlandMobile } from '../frame/numbers.js';
import type { Later, Vendor } from '../frame/vendor.js';
import { CmppLink } from './cmpp-link.js';
import { deliver, fromUcs2, reportContent, toUcs2, type Submission } from './cmpp-packets.js';

export interface CmppOptions {
  faults: Faults;
  account: Account;
  carrier: Carrier;
  now: () => number;
  later: Later;
}

const PROVIDER = 'cmpp';
const OK = 0;
const FLOW_CONTROL = 8;
/** `Result` of SUBMIT_RESP. The protocol has no word for a limit of one phone or for templates. */
const results: Readonly<Record<RefusalReason, number>> = { number: 13, limit: 9, balance: 5, template: 10, content: 6 };

type Answer = (msgId: Buffer, result: number) => void;

/** A carrier's gateway (ISMG) for CMPP 2.0 and 3.0, on a port of its own. Reports and replies go out over the connection that is there. */
export class Cmpp implements Vendor {
  readonly providers = [PROVIDER];
  readonly #options: CmppOptions;
  readonly #connected = new Set<CmppLink>();
  /** Those that have signed on. */
  readonly #links = new Set<CmppLink>();
  /** Parts of texts that are not whole yet, by phone and reference. */
  readonly #open = new Map<string, Map<number, { text: string; msgId: Buffer }>>();
  /** Sent when somebody connects: what came while nobody was there. */
  readonly #held: ((link: CmppLink) => void)[] = [];
  readonly server: Server;

  constructor(options: CmppOptions) {
    this.#options = options;
    this.server = createServer((socket) => {
      const connected = new CmppLink({
        socket,
        account: simulatorCmpp,
        submitted: (submission, link, answer) => void this.#submitted(submission, link, answer),
        signedOn: (link) => {
          this.#links.add(link);
          for (const say of this.#held.splice(0)) say(link);
        },
        over: (link, left) => {
          this.#links.delete(link);
          for (const body of left) this.#say((next) => next.deliver(body));
          this.#connected.delete(link);
        },
      });
      this.#connected.add(connected);
    });
  }

  report({ bizId, to, receipt, at }: AcceptedMessage): void {
    const { now } = this.#options;
    const phone = to.replace(/^\+86/, '');
    const state = (receipt === 'DELIVERED' ? 'DELIVRD' : (receipt ?? '')).slice(0, 7);
    for (const id of bizId.split(',')) {
      this.#say((link) => {
        const content = reportContent(Buffer.from(id, 'hex'), state, minuteOf(at), minuteOf(now()), phone, link.v3);
        link.deliver(deliver({ ...this.#about(), from: phone, report: true, content }, link.v3));
      });
    }
  }

  reply({ from, text }: Reply): void {
    const phone = from.replace(/^\+86/, '');
    this.#say((link) =>
      link.deliver(deliver({ ...this.#about(), from: phone, report: false, content: toUcs2(text.slice(0, 70)) }, link.v3)),
    );
  }

  close(): Promise<void> {
    for (const link of this.#connected) link.destroy();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }

  async #submitted(given: Submission, link: CmppLink, answer: Answer): Promise<void> {
    const { account, faults, carrier, now, later } = this.#options;
    const refuse = (result: number) => answer(Buffer.alloc(8), result);
    if (!account.admit(now())) return refuse(FLOW_CONTROL);
    if (given.source !== simulatorCmpp.source) return refuse(11);
    if (!given.from.startsWith(simulatorCmpp.from)) return refuse(10);
    if (given.serviceId !== simulatorCmpp.serviceId) return refuse(7);
    if (!isMainlandMobile(given.to)) return refuse(13);
    if (given.content.length > 140) return refuse(6);
    const msgId = randomBytes(8);
    const text = fromUcs2(given.headed ? given.content.subarray(given.content.readUInt8(0) + 1) : given.content);
    const whole = this.#join(given, msgId, text);
    if (!whole) return answer(msgId, OK);
    const fault = faults.take(PROVIDER, given.to);
    const refused = refusalOf(fault);
    if (refused !== undefined) return refuse(refused);
    if (fault?.kind === 'drop') return link.destroy();
    const [, sign = ''] = /^【([^】]*)】/.exec(whole.text) ?? [];
    const bizId = whole.ids.map((id) => id.toString('hex')).join(',');
    const draft = { to: given.to, sign, templateCode: '', text: whole.text, parts: given.parts, outId: bizId, bizId };
    await carrier.take([{ ...draft, provider: PROVIDER, channel: 'sms' }], given.wantsReport ? fault : { kind: 'no-receipt' });
    if (fault?.kind === 'accept-then-drop') return link.destroy();
    const wait = fault?.kind === 'delay' ? fault.ms : fault?.kind === 'hasty-receipt' ? HASTE_MS : 0;
    if (wait === 0) answer(msgId, OK);
    else later(wait, () => answer(msgId, OK));
  }

  /** Puts a part to its others. @returns the text when it is whole */
  #join({ headed, parts, part, to, content }: Submission, msgId: Buffer, text: string): { text: string; ids: Buffer[] } | undefined {
    if (!headed || parts === 1) return { text, ids: [msgId] };
    const key = `${to}|${content.readUInt8(3)}`;
    const open = this.#open.get(key) ?? new Map<number, { text: string; msgId: Buffer }>();
    open.set(part, { text, msgId });
    this.#open.set(key, open);
    if (open.size < parts) return undefined;
    this.#open.delete(key);
    const inOrder = [...open].toSorted(([a], [b]) => a - b).map(([, one]) => one);
    return { text: inOrder.map((one) => one.text).join(''), ids: inOrder.map((one) => one.msgId) };
  }

  #about() {
    return { msgId: randomBytes(8), to: simulatorCmpp.from, serviceId: simulatorCmpp.serviceId };
  }

  #say(say: (link: CmppLink) => void): void {
    const [link] = this.#links;
    if (link) say(link);
    else this.#held.push(say);
  }
}

/** `YYMMDDHHMM`, Beijing. */
const minuteOf = (at: number): string => civilDigits(at).slice(2, 12);

/** `Result` of a SUBMIT that meets this fault and is not taken. */
function refusalOf(fault: Fault | undefined): number | undefined {
  if (fault?.kind === 'refuse') return results[fault.reason];
  if (fault?.kind === 'refuse-code') return Number(fault.code) % 256;
  return fault?.kind === 'gateway-error' ? FLOW_CONTROL : undefined;
}
