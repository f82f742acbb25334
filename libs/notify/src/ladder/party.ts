import type { AckState, AnswerVia, CalloutParty } from '#libs/contracts';
import { toIso } from '#libs/contracts';

export interface Answer {
  ack: Exclude<AckState, 'none'>;
  via: AnswerVia;
  /** User name, or the recipient whose phone it was. */
  by: string;
  /** Epoch ms. */
  at: number;
}

/**
 * What an answer makes of a household, whoever of it gave it (notify.md §4.5). Help wins over an acknowledgement, and no message from a phone
 * takes it back: another member may have meant only himself. A person who spoke to them (`app`) or stood there (`task`) may.
 * @returns undefined when nothing changes
 */
export function answered(party: CalloutParty, answer: Answer): CalloutParty | undefined {
  if (!stronger(party, answer)) return undefined;
  const at = toIso(answer.at);
  return {
    ...party,
    ack: answer.ack,
    ackAt: at,
    ackBy: { via: answer.via, by: answer.by },
    ...(answer.ack === 'help' ? { helpAt: party.helpAt ?? at, helpTakenAt: undefined } : {}),
    version: party.version + 1,
  };
}

const rank: Readonly<Record<Exclude<AckState, 'help'>, number>> = { none: 0, ack: 1, safe: 2, visited: 3 };

function stronger({ ack: before }: CalloutParty, { ack, via }: Answer): boolean {
  if (ack === before) return false;
  // Whoever cries for help is heard, whatever was said before.
  if (ack === 'help') return true;
  if (before === 'help') return ack !== 'ack' && (via === 'app' || via === 'task');
  return rank[ack] > rank[before];
}

/** Still to be called, or still waiting for help: on the list until somebody has them (notify.md §4.6). */
export const isOpen = ({ ack }: Pick<CalloutParty, 'ack'>): boolean => ack === 'none' || ack === 'help';
/** Nobody of them has answered. */
export const isSilent = ({ ack }: Pick<CalloutParty, 'ack'>): boolean => ack === 'none';
/** Somebody cried for help and nobody has taken it up yet: the alarm stands until then. */
export const wantsHelp = ({ ack, helpTakenAt }: CalloutParty): boolean => ack === 'help' && helpTakenAt === undefined;
