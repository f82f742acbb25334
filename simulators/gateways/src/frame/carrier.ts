import { randomUUID } from 'node:crypto';
import type { Fault } from './faults.js';
import type { AcceptedMessage, MessageLog, Reply } from './message-log.js';
import { normaliseNumber } from './numbers.js';
import type { Later, Vendor } from './vendor.js';

/** What a vendor knows of a message when it takes it; the carrier adds the rest. */
export type Draft = Omit<AcceptedMessage, 'id' | 'at' | 'receipt' | 'receiptAt'>;

export interface CarrierOptions {
  log: MessageLog;
  now: () => number;
  later: Later;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Median time until a receipt is in. */
  receiptDelayMs: number;
  /** σ of the logarithm of that time; 0 = always the median. Carriers are slow now and then, and receipts overtake each other. */
  receiptSpread: number;
  /** Time a call rings and is listened to before it ends by itself. */
  callMs: number;
}

/** How long after its answer a hasty receipt leaves its sender without one, so that the receipt surely is there first. */
export const HASTE_MS = 60;
/** A key press ends the call: the vendor reports soon after. */
const REPORT_AFTER_KEY_MS = 200;
/** Characters read in a second. */
const READING_SPEED = 4;

/** Carries what vendors took to the phones: keeps it, lets receipts come in when they are due, brings back replies and keys. */
export class Carrier {
  readonly #options: CarrierOptions;
  readonly #vendors = new Map<string, Vendor>();

  constructor(options: CarrierOptions) {
    this.#options = options;
  }

  serve(vendor: Vendor): void {
    for (const provider of vendor.providers) this.#vendors.set(provider, vendor);
  }

  /** After a restart: receipts that had not come in come now. */
  resume(): void {
    for (const message of this.#options.log.messages) {
      const open = message.call ? message.call.state === 'ringing' : message.receipt !== null && message.receiptAt > this.#options.now();
      if (open) this.#expect(message);
    }
  }

  /** Takes messages; resolves when they are on disk. */
  async take(drafts: readonly Draft[], fault: Fault | undefined): Promise<AcceptedMessage[]> {
    const { log, now } = this.#options;
    const at = now();
    const messages = drafts.map((draft): AcceptedMessage => {
      const wait = draft.call ? this.#options.callMs : this.#delay();
      const receipt = fault?.kind === 'no-receipt' ? null : fault?.kind === 'receipt-failed' ? fault.code : 'DELIVERED';
      return { ...draft, id: randomUUID(), to: normaliseNumber(draft.to), at, receipt, receiptAt: at + wait };
    });
    await Promise.all(messages.map((message) => log.add({ message })));
    for (const message of messages) {
      if (fault?.kind === 'hasty-receipt') this.#vendors.get(message.provider)?.report?.(message, true);
      if (message.receipt !== null || message.call) this.#expect(message);
      if (fault?.kind === 'reply') this.#options.later(fault.afterMs, () => this.#answer(message, fault.text));
    }
    return messages;
  }

  /** Somebody writes back. The vendor of the last message there carries it; without one nobody hears of it. */
  async reply(from: string, text: string): Promise<Reply> {
    const { log, now } = this.#options;
    const last = log.to(from).findLast(({ channel }) => channel === 'sms');
    const reply: Reply = { id: randomUUID(), from: normaliseNumber(from), text, at: now(), provider: last?.provider ?? '' };
    await log.add({ reply });
    this.#vendors.get(reply.provider)?.reply?.(reply);
    return reply;
  }

  /**
   * Somebody at the phone: presses a key, or hangs up without one.
   * @returns the call, or undefined when there is none that rings
   */
  async press(id: string, key: string | undefined): Promise<AcceptedMessage | undefined> {
    const message = this.#options.log.byId(id);
    if (message?.call?.state !== 'ringing') return undefined;
    const known = key !== undefined && key in message.call.menu;
    await this.#end(message, known ? key : undefined, key === undefined ? 'HUNG-UP' : 'DELIVERED');
    if (message.receipt !== null) this.#options.later(REPORT_AFTER_KEY_MS, () => this.#report(message));
    return message;
  }

  /** The newest call that rings at a number. */
  ringing(number: string): AcceptedMessage | undefined {
    return this.#options.log.to(number).findLast(({ call }) => call?.state === 'ringing');
  }

  #answer(message: AcceptedMessage, text: string): void {
    const told = message.call ? this.press(message.id, text) : this.reply(message.to, text);
    told.catch(complain);
  }

  #expect(message: AcceptedMessage): void {
    this.#options.later(Math.max(0, message.receiptAt - this.#options.now()), () => {
      if (!message.call) return this.#report(message);
      // A call somebody has answered with a key was reported then.
      if (message.call.state !== 'ringing') return;
      this.#end(message, undefined, message.receipt)
        .then(() => message.receipt !== null && this.#report(message))
        .catch(complain);
    });
  }

  async #end(message: AcceptedMessage, dtmf: string | undefined, receipt: string | null): Promise<void> {
    if (!message.call) return;
    const whole = Math.ceil((message.text.length / READING_SPEED) * message.call.plays);
    const heard = Math.max(1, Math.ceil((this.#options.now() - message.at) / 1_000));
    const seconds = dtmf !== undefined || receipt === 'HUNG-UP' ? Math.min(heard, whole) : receipt === 'DELIVERED' ? whole : 0;
    const call = { ...message.call, state: 'ended' as const, seconds, ...(dtmf === undefined ? {} : { dtmf }) };
    // Said at once, so that a key pressed twice is one key; the log follows.
    message.call = call;
    const kept = message.receipt === null ? null : receipt;
    await this.#options.log.add({ change: { id: message.id, receipt: kept, receiptAt: this.#options.now(), call } });
  }

  #report(message: AcceptedMessage): void {
    this.#vendors.get(message.provider)?.report?.(message, false);
  }

  #delay(): number {
    const { receiptDelayMs, receiptSpread, random } = this.#options;
    if (receiptSpread === 0) return receiptDelayMs;
    // Box and Muller: a normal deviate from two uniform ones.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.round(receiptDelayMs * Math.exp(receiptSpread * normal));
  }
}

function complain(error: unknown): void {
  process.stderr.write(`gateway simulator: what a phone did could not be kept: ${String(error)}\n`);
}
