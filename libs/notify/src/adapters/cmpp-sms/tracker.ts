import type { Receipt } from '../../ports.js';
import type { CmppReport } from './codec.js';
import { stateOf } from './errors.js';

/** Parts remembered. A report comes within minutes, at most days; a county's season fits, and the oldest go first. */
const REMEMBERED = 200_000;

interface Message {
  outId: string;
  parts: number;
  delivered: Set<string>;
  over: boolean;
}

/**
 * Joins the reports of a message's parts: it is delivered when all of them are, failed when one is. The gateway names parts by numbers of its
 * own; after a restart those are forgotten, and the report of the last part (whose number the outbox keeps) stands for the message.
 */
export class PartTracker {
  readonly #messages = new Map<string, Message>();
  readonly provider: string;

  constructor(provider: string) {
    this.provider = provider;
  }

  /** The gateway took a part. @param message the same object for all parts of one message */
  took(msgId: string, message: Message): void {
    this.#messages.set(msgId, message);
    if (this.#messages.size <= REMEMBERED) return;
    const [oldest] = this.#messages.keys();
    if (oldest !== undefined) this.#messages.delete(oldest);
  }

  /** @returns the receipt this report completes; undefined while the message is under way or was told of already */
  reported({ msgId, state }: CmppReport, at: number): Receipt | undefined {
    const step = stateOf(state);
    if (step === 'under-way') return undefined;
    const message = this.#messages.get(msgId);
    const receipt: Receipt = { providerId: msgId, provider: this.provider, status: step, code: state, at };
    if (!message) return receipt;
    if (message.over) return undefined;
    message.delivered.add(msgId);
    if (step === 'delivered' && message.delivered.size < message.parts) return undefined;
    message.over = true;
    const { outId } = message;
    return { ...receipt, outId };
  }
}

export const newMessage = (outId: string, parts: number): Message => ({ outId, parts, delivered: new Set(), over: false });
