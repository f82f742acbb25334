import { MINUTE, normalPhone } from '#libs/contracts';
import type { Receipt } from '../../ports.js';
import { Submissions, type SubmittedWithin } from '../carrier/submissions.js';
import type { CmppReport } from './codec.js';
import { stateOf } from './errors.js';

interface Message {
  outId: string;
  parts: number;
  delivered: Set<string>;
  over: boolean;
}
/** What the gateway answered to a part; told also when nobody waits for it any more. */
export type PartAnswered = (msgId: string, result: number) => void;

/**
 * Joins the reports of a message's parts: it is delivered when all of them are, failed when one is. The gateway names parts by numbers of its
 * own, in its answer; a report whose number no answer has told is known by the phone's number and the minute of submission, where one message alone was
 * handed over then (`Submissions`). After a restart all of it is forgotten, and the report of the last part (whose number the outbox keeps) stands for the message.
 */
export class PartTracker {
  readonly #submissions: Submissions<Message>;

  /** @param since when this began to send, epoch ms */
  constructor(
    readonly provider: string,
    since: number,
  ) {
    this.#submissions = new Submissions(since);
  }

  /** A part is being handed over. @param message the same object for all parts of one message @param at epoch ms @returns takes the gateway's answer */
  left(message: Message, to: string, at: number): PartAnswered {
    const part = this.#submissions.left(message, normalPhone(to), at);
    return (msgId, result) => {
      if (result === 0) this.#submissions.named(part, msgId);
      else this.#submissions.refused(part);
    };
  }

  /**
   * @returns the receipt this report completes, undefined while the message is under way or was told of already; and what is to be called once that is
   * durable: before, the gateway may send the report again, and it has to tell the same then
   */
  reported(report: CmppReport, at: number): { receipt?: Receipt; kept: () => void } {
    const { msgId, state } = report;
    const step = stateOf(state);
    if (step === 'under-way') return { kept: () => undefined };
    const message = this.#messageOf(report);
    const receipt: Receipt = { providerId: msgId, provider: this.provider, status: step, code: state, at };
    if (!message) return { receipt, kept: () => undefined };
    const kept = () => {
      message.delivered.add(msgId);
      message.over ||= step === 'failed' || message.delivered.size >= message.parts;
    };
    const delivered = message.delivered.size + (message.delivered.has(msgId) ? 0 : 1);
    if (message.over || (step === 'delivered' && delivered < message.parts)) return { kept };
    return { receipt: { ...receipt, outId: message.outId }, kept };
  }

  #messageOf({ msgId, to, submittedAt }: CmppReport): Message | undefined {
    return this.#submissions.ownerOf(msgId, normalPhone(to), minuteOf(submittedAt));
  }
}

export const newMessage = (outId: string, parts: number): Message => ({ outId, parts, delivered: new Set(), over: false });

/** `Submit_time` of a report: YYMMDDHHMM, Beijing. @returns that minute; undefined when it is none */
function minuteOf(text: string): SubmittedWithin | undefined {
  const [, year, month, day, hour, minute] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  const from = Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:00+08:00`);
  return Number.isFinite(from) ? { from, until: from + MINUTE } : undefined;
}
