import type { Channel, OutgoingMessage, ProviderAnswer, SendResult } from '../ports.js';

export interface FakeProviderRecord {
  message: OutgoingMessage;
  providerId: string;
  status: 'ACCEPTED' | 'DELIVERED' | 'FAILED';
}

/** What the next sends meet: an answer of the provider, silence after it took the message (`lost-answer`), or silence before (`no-answer`). */
export type FakeOutcome = SendResult | 'lost-answer' | 'no-answer';

/** A provider in memory: keeps what it took, answers as told, shows messages to `query` after a lag. */
export class FakeChannel implements Channel {
  readonly channel = 'sms';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: false, maxParts: 10 };
  readonly taken: FakeProviderRecord[] = [];
  /** Decides each send; by default everything is accepted. */
  behave: (message: OutgoingMessage) => FakeOutcome = () => ({ ok: true, providerId: '' });
  queries = 0;
  /** Messages younger than this are "absent" to `query`. */
  lag: () => boolean = () => false;

  constructor(readonly name: string) {}

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const outcome = this.behave(message);
    const providerId = `${this.name}-${this.taken.length + 1}`;
    if (outcome === 'lost-answer' || (typeof outcome === 'object' && outcome.ok))
      this.taken.push({ message, providerId, status: 'ACCEPTED' });
    if (typeof outcome === 'object') return outcome.ok ? { ok: true, providerId } : outcome;
    return new Promise((resolve) => {
      const giveUp = () => resolve({ ok: false, cls: 'UNKNOWN', code: 'aborted', message: 'no answer in time' });
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async query({ outId }: { outId: string }): Promise<ProviderAnswer> {
    this.queries += 1;
    const record = this.lag() ? undefined : this.taken.find(({ message }) => message.outId === outId);
    return record ? { status: record.status, providerId: record.providerId } : 'ABSENT';
  }

  times(outId: string): number {
    return this.taken.filter(({ message }) => message.outId === outId).length;
  }
}
