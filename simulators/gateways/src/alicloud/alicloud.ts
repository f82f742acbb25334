import type { AcceptedMessage, Reply } from '../frame/message-log.js';
import type { Pushes } from '../frame/pushes.js';
import type { Later, Vendor, WireAnswer, WireRequest } from '../frame/vendor.js';
import { Account, callLimit, Limit, notificationLimit } from '../frame/limits.js';
import { normaliseNumber } from '../frame/numbers.js';
import { Acs3Verifier } from './acs3.js';
import { gatewayError } from './answers.js';
import { AlicloudReports } from './reports.js';
import { Rpc1Verifier } from './rpc1.js';
import { AlicloudSmsSimulator, keyOf, smsProvider, type AlicloudOptions } from './sms.js';
import { AlicloudVoiceSimulator, voiceProvider } from './voice.js';

export interface AlicloudVendorOptions extends Omit<AlicloudOptions, 'limit'> {
  /** Access key id → secret. */
  accounts: Readonly<Record<string, string>>;
  pushes: Pushes;
  later: Later;
}

/** Requests in a second of the operations the vendor limits lower than the account (notify.md §3.2). */
const qps: Readonly<Record<string, number>> = { IvrCall: 100, SingleCallByTts: 1000, QueryCallDetailByCallId: 100 };

/** Alibaba Cloud SMS and voice: one RPC address, both of its signatures. */
export class Alicloud implements Vendor {
  readonly providers = [smsProvider, voiceProvider];
  readonly #options: AlicloudVendorOptions;
  readonly #sms: AlicloudSmsSimulator;
  readonly #voice: AlicloudVoiceSimulator;
  readonly #reports: AlicloudReports;
  readonly #acs3: Acs3Verifier;
  readonly #rpc1: Rpc1Verifier;
  readonly #rates = new Map(Object.entries(qps).map(([action, most]) => [action, new Account(most)]));

  constructor(options: AlicloudVendorOptions) {
    this.#options = options;
    const { accounts, now, log, registry, pushes, later } = options;
    const messages = new Limit(notificationLimit);
    const calls = new Limit(callLimit);
    for (const one of log.messages)
      if (one.provider === smsProvider) messages.count(keyOf(one, one.templateCode), one.at);
      else if (one.provider === voiceProvider) calls.count(normaliseNumber(one.to), one.at);
    this.#sms = new AlicloudSmsSimulator({ ...options, limit: messages });
    this.#voice = new AlicloudVoiceSimulator({ ...options, limit: calls });
    this.#reports = new AlicloudReports(registry, pushes, later);
    const secretOf = (id: string) => (Object.hasOwn(accounts, id) ? accounts[id] : undefined);
    this.#acs3 = new Acs3Verifier(secretOf, now);
    this.#rpc1 = new Rpc1Verifier(secretOf, now);
  }

  takes({ url, method, headers }: WireRequest): boolean {
    const rpc = headers['x-acs-action'] !== undefined || url.searchParams.has('Action') || method === 'POST';
    return url.pathname === '/' && rpc;
  }

  async answer({ method, target, url, headers, body }: WireRequest): Promise<WireAnswer> {
    const form = /x-www-form-urlencoded/.test(headers['content-type'] ?? '') ? new URLSearchParams(body.toString('utf8')) : [];
    const params = { ...Object.fromEntries(url.searchParams), ...Object.fromEntries(form) };
    const old = params.Signature !== undefined && headers.authorization === undefined;
    const fault = old ? this.#rpc1.verify(method, params) : this.#acs3.verify({ method, url: target, headers, body });
    if (fault) return gatewayError(fault.status, fault.code);
    const action = (old ? params.Action : headers['x-acs-action']?.toString()) ?? '';
    const { account, now } = this.#options;
    const admitted = account.admit(now()) && (this.#rates.get(action)?.admit(now()) ?? true);
    if (!admitted) return gatewayError(400, 'Throttling.User');
    return this.#sms.call(action, params) ?? this.#voice.call(action, params) ?? gatewayError(404, 'InvalidAction.NotFound');
  }

  report(message: AcceptedMessage, reversed: boolean): void {
    // A call that rings has no report yet; there is nothing to overtake.
    if (message.call) return reversed ? undefined : this.#reports.call(message);
    this.#reports.message(message, this.#options.now());
  }

  reply(reply: Reply): void {
    this.#reports.reply(reply);
  }
}
