import { fromIso, levelRank, MINUTE, normalPhone, toIso, type Callout, type CalloutParty, type ReplyRecord } from '#libs/contracts';
import type { Reply } from '../ports.js';
import type { Match } from './book.js';
import { takeAnswer, type CalloutEffects } from './effects.js';
import { writeBack, type MessageTools } from '../ladder/messages.js';
import { meaningOf } from './reply.js';

/** We write back to a number once in this time: oftener, two machines that answer each other would never end. */
export const WRITE_BACK_EVERY_MS = 10 * MINUTE;

export interface HearTools extends MessageTools {
  /** The household as the effects before this one left it. */
  current: (party: CalloutParty) => CalloutParty;
  /** When we last wrote back to a number, epoch ms. */
  writtenBackAt: (phone: string) => number | undefined;
}

export const replyId = ({ provider, sequenceId }: Pick<Reply, 'provider' | 'sequenceId'>, { hash }: Pick<MessageTools, 'hash'>): string =>
  hash('reply', provider, sequenceId);

/**
 * What one reply leads to (notify.md §4.5), added to `effects`. It is kept whether or not anybody knows the number.
 * @param match whose number it is
 */
export function hear(effects: CalloutEffects, reply: Reply, match: Match | undefined, tools: HearTools): ReplyRecord {
  const meaning = meaningOf(reply.content);
  const first = match?.answering[0];
  const standing = first && first.callout.endedAt === null && levelRank(first.callout.level) >= levelRank('orange');
  const record: ReplyRecord = {
    id: replyId(reply, tools),
    provider: reply.provider,
    channel: reply.channel,
    from: normalPhone(reply.from),
    content: reply.content,
    meaning,
    at: toIso(reply.at),
    receivedAt: toIso(tools.now),
    warningId: first?.callout.warningId ?? null,
    divisionCode: first?.callout.divisionCode ?? '',
    partyId: first?.party.id ?? null,
    subject: first?.party.subject ?? null,
    ambiguous: match?.ambiguous ?? false,
    ignored: meaning === 'opt-out' && standing === true,
    answered: false,
  };
  if (meaning === 'ack' || meaning === 'help' || meaning === 'safe')
    for (const { callout, party, person } of match?.answering ?? [])
      takeAnswer(
        effects,
        callout,
        tools.current(party),
        { ack: meaning, via: reply.channel, by: person.recipient, at: notBefore(callout, reply.at) },
        tools,
      );
  // A key pressed in a call is answered by the call; a stranger's text is answered by nobody.
  if (first && reply.channel === 'sms' && (tools.writtenBackAt(record.from) ?? -Infinity) <= tools.now - WRITE_BACK_EVERY_MS) {
    effects.deliveries.push(writeBack(first.callout, first.person, meaning, tools));
    record.answered = true;
  }
  effects.replies.push(record);
  return record;
}

/** Nobody answers before he was asked: a phone's or provider's clock that runs behind must not show it. */
const notBefore = (callout: Callout, at: number): number => Math.max(at, fromIso(callout.startedAt));
