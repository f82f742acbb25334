import { makeTask, taskEvent, type LedgerEntry } from '#libs/alert';
import {
  fromIso,
  MINUTE,
  toIso,
  type AuditRecord,
  type Callout,
  type CalloutParty,
  type CalloutPerson,
  type DeliveriesAnswered,
  type DeliveryIntent,
  type ReplyRecord,
  type Task,
} from '#libs/contracts';
import { tellHelp, type MessageTools } from '../ladder/messages.js';
import { answered, type Answer } from '../ladder/party.js';
import { taskTitles } from '../ladder/words.js';

/** Somebody who cries for help is called within this time; shown at once, overdue after it. */
const CALL_BACK_WITHIN_MS = 3 * MINUTE;

/** What answers lead to, to be written in one entry. */
export interface CalloutEffects {
  callouts: Callout[];
  parties: CalloutParty[];
  answered: DeliveriesAnswered[];
  replies: ReplyRecord[];
  deliveries: DeliveryIntent[];
  tasks: Task[];
  audit: AuditRecord[];
}

export const noEffects = (): CalloutEffects => ({
  callouts: [],
  parties: [],
  answered: [],
  replies: [],
  deliveries: [],
  tasks: [],
  audit: [],
});

/**
 * An answer of one household, whoever of it gave it: its state, its messages, the audit line, and with a cry for help the task to call
 * back and the messages to those who are near.
 * @returns the household as it is now; nothing in `effects` when the answer changes nothing
 */
export function takeAnswer(
  effects: CalloutEffects,
  callout: Callout,
  party: CalloutParty,
  answer: Answer,
  tools: MessageTools,
): CalloutParty {
  const now = answered(party, answer);
  if (!now) return party;
  effects.parties.push(now);
  effects.answered.push({ warningId: callout.warningId, subject: party.subject, ack: answer.ack, at: answer.at });
  effects.audit.push({
    id: tools.hash('callout', party.id, now.version, 'audit'),
    at: tools.now,
    actor: answer.via === 'app' || answer.via === 'task' ? answer.by : 'station',
    action: `callout.${answer.ack}`,
    object: `warning:${callout.warningId}`,
    detail: { subject: party.subject, via: answer.via, before: party.ack },
  });
  if (answer.ack === 'help') callForHelp(effects, callout, now, tools);
  return now;
}

function callForHelp(effects: CalloutEffects, callout: Callout, party: CalloutParty, tools: MessageTools): void {
  effects.tasks.push(
    makeTask(
      {
        id: tools.hash('task', party.id, party.version, 'help'),
        kind: 'call-back',
        title: taskTitles.callBack,
        about: party.subject,
        owner: { role: 'duty' },
        within: CALL_BACK_WITHIN_MS,
      },
      { ...callout, id: callout.warningId },
      tools.now,
    ),
  );
  const { monitors, village, county } = callout.chain;
  const near = new Map<string, CalloutPerson>([...monitors, ...village, ...county].map((person) => [person.phone, person]));
  for (const person of near.values())
    if (!party.people.some(({ phone }) => phone === person.phone))
      effects.deliveries.push(tellHelp(callout, party, person, party.version, tools));
}

/** Somebody has taken up what the task asks for. */
const takenUp: ReadonlySet<Task['state']> = new Set(['checking', 'assist', 'reported', 'closed']);

/** What a task that moved says of the household it is about: somebody stood there, or calls them back. */
export function takeTask(effects: CalloutEffects, callout: Callout, party: CalloutParty, task: Task, tools: MessageTools): void {
  const last = task.steps.at(-1);
  const met = task.outcome === 'visited';
  const taken = party.ack === 'help' && party.helpTakenAt === undefined && task.kind === 'call-back' && takenUp.has(task.state);
  if (met) {
    const at = last ? fromIso(last.at) : tools.now;
    takeAnswer(effects, callout, party, { ack: 'visited', via: 'task', by: last?.by ?? 'station', at }, tools);
  } else if (taken) effects.parties.push({ ...party, helpTakenAt: last?.at, version: party.version + 1 });
}

/** The last form of each. */
export const newestOf = (parties: readonly CalloutParty[]): CalloutParty[] => [
  ...new Map(parties.map((party) => [party.id, party])).values(),
];

/** The entry of some effects, with the events that show their tasks. */
export function entryOfEffects(effects: CalloutEffects, pointName: string, tools: MessageTools): LedgerEntry {
  return { ...effects, events: effects.tasks.map((task) => taskEvent(task, pointName, tools.now, tools.hash)) };
}

/** The end of a call-out: nobody of it is called again. */
export const endedCallout = (callout: Callout, reason: NonNullable<Callout['endReason']>, now: number): Callout => ({
  ...callout,
  endedAt: toIso(now),
  endReason: reason,
  version: callout.version + 1,
});
