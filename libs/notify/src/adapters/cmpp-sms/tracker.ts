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

  /** Changes nothing: `kept` does. @returns the receipt this report completes; undefined while the message is under way or was told of already */
  reported({ msgId, state }: CmppReport, at: number): Receipt | undefined {
    const step = stateOf(state);
    if (step === 'under-way') return undefined;
    const message = this.#messages.get(msgId);
    const receipt: Receipt = { providerId: msgId, provider: this.provider, status: step, code: state, at };
    if (!message) return receipt;
    if (message.over) return undefined;
    const delivered = message.delivered.size + (message.delivered.has(msgId) ? 0 : 1);
    if (step === 'delivered' && delivered < message.parts) return undefined;
    const { outId } = message;
    return { ...receipt, outId };
  }

  /** What this report told is durable. Before that the gateway may send it again, and it has to tell the same then. */
  kept({ msgId, state }: CmppReport): void {
    const step = stateOf(state);
    const message = this.#messages.get(msgId);
    if (!message || step === 'under-way') return;
    message.delivered.add(msgId);
    message.over ||= step === 'failed' || message.delivered.size >= message.parts;
  }
}

export const newMessage = (outId: string, parts: number): Message => ({ outId, parts, delivered: new Set(), over: false });
