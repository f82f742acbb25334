import { makeTask } from '#libs/alert';
import {
  calloutSteps,
  fromIso,
  MINUTE,
  SECOND,
  toIso,
  type Callout,
  type CalloutParty,
  type CalloutPerson,
  type CalloutStep,
  type DeliveryIntent,
  type Task,
} from '#libs/contracts';
import { sayAgain, tellSilent, type MessageTools } from './messages.js';
import { isOpen, isSilent } from './party.js';
import { taskTitles } from './words.js';

/**
 * The list again, until nobody is on it. Rarer: the village stops looking. Oftener: those who knock read messages instead (notify.md §4.6).
 */
const LIST_EVERY_MS = 5 * MINUTE;
/** Time to get to a door before the next level is told of it. The wall shows the task at once; this is when it is overdue. */
const KNOCK_WITHIN_MS = 10 * MINUTE;
/** Somebody of the chain who does not answer is called by a person. */
const CALL_WITHIN_MS = 5 * MINUTE;

export interface DueStep {
  n: number;
  step: CalloutStep;
  /** Epoch ms. */
  at: number;
}

/**
 * The step that comes next, with its time: fifths of the time until somebody knocks, then the list again and again. What was missed while the
 * station was down is made up for step by step; of lists that were missed only the newest is worth sending.
 * @returns undefined when nobody is called again
 */
export function nextStep(callout: Callout, now: number): DueStep | undefined {
  if (callout.endedAt !== null || callout.knockAfterSeconds === null) return undefined;
  const knock = callout.knockAfterSeconds * SECOND;
  const start = fromIso(callout.startedAt);
  const n = (callout.steps.at(-1)?.n ?? 0) + 1;
  const step = calloutSteps[n - 1];
  if (step !== undefined) return { n, step, at: start + (knock * n) / calloutSteps.length };
  const every = Math.min(LIST_EVERY_MS, knock);
  const missed = Math.floor((now - start - knock) / every);
  const list = Math.max(n - calloutSteps.length, missed);
  return { n: calloutSteps.length + list, step: 'list', at: start + knock + list * every };
}

/** Whom a step is about: who is silent is called; on the lists also who waits for help. */
export const concerned = (step: CalloutStep, parties: readonly CalloutParty[]): CalloutParty[] =>
  parties.filter(step === 'call-again' || step === 'call-others' ? isSilent : isOpen);

export interface LadderTools extends MessageTools {
  /** Whether calls can be made: without voice the number is written to again, for anything is better than silence. */
  voice: boolean;
}

export interface StepWork {
  deliveries: DeliveryIntent[];
  tasks: Task[];
}

/** What a step does for each of some silent ones; all of them may be too many for one go. Doing it twice makes the same ids. */
export function workFor(callout: Callout, due: DueStep, parties: readonly CalloutParty[], tools: LadderTools): StepWork {
  const again = (party: CalloutParty, people: readonly CalloutPerson[]) =>
    people.map((person) => sayAgain(callout, party, person, tools.voice ? 'voice' : 'sms', due.n, tools));
  switch (due.step) {
    case 'call-again':
      return { deliveries: parties.flatMap((party) => again(party, party.people.slice(0, 1))), tasks: [] };
    case 'call-others':
      return { deliveries: parties.flatMap((party) => again(party, party.people.slice(1))), tasks: [] };
    case 'knock':
      return { deliveries: [], tasks: parties.map((party) => knockTask(callout, party, tools)) };
    case 'tell-village':
    case 'tell-township':
    case 'list':
      return { deliveries: [], tasks: [] };
  }
}

/** Whom a step tells of those who are silent. */
export function listFor(callout: Callout, due: DueStep, silent: readonly CalloutParty[], tools: LadderTools): DeliveryIntent[] {
  const { monitors, village, township, county } = callout.chain;
  const told: Readonly<Record<CalloutStep, readonly CalloutPerson[]>> = {
    'call-again': [],
    // A monitor who is himself silent is no help to others.
    'call-others': callout.scope === 'public' ? monitors : [],
    'tell-village': village,
    'tell-township': township,
    knock: county,
    list: [...village, ...county],
  };
  return told[due.step].map((person) => tellSilent(callout, silent, person, due.n, tools));
}

/** The call-out after a step. @param silent how many the step was about */
export const stepped = (callout: Callout, { n, step }: DueStep, silent: number, now: number): Callout => ({
  ...callout,
  steps: [...callout.steps, { n, step, at: toIso(now), silent }],
  version: callout.version + 1,
});

/** Somebody has to go to the door; or, for one of the chain, to call him. */
function knockTask(callout: Callout, party: CalloutParty, { now, hash }: LadderTools): Task {
  const door = party.kind === 'household';
  return makeTask(
    {
      id: hash('task', callout.id, party.subject, 'knock'),
      kind: door ? 'door' : 'call-back',
      title: door ? taskTitles.knock : taskTitles.reach,
      about: party.subject,
      owner: { role: door ? 'village' : 'duty' },
      within: door ? KNOCK_WITHIN_MS : CALL_WITHIN_MS,
    },
    { ...callout, id: callout.warningId },
    now,
  );
}
