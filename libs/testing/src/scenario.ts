import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE_MS } from './until.js';

/** Something that happened, seen from outside: a warning, a message, a wall event. */
export interface Observation {
  /** Wall clock, epoch ms. */
  at: number;
  kind: string;
  what: unknown;
}

type Step = { at: number; say: string; act: () => Promise<void> | void };
type Want = { from: number; to: number; kind: string; count: number; say: string; matches: (what: never) => boolean };

const LOOK_EVERY_MS = 10;

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

/** `1.5s`, `200ms`, `2m` → milliseconds. */
export function duration(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (!found) throw new Error(`"${text}" is no duration: write 200ms, 1.5s or 2m`);
  return Number(found[1]) * (units[found[2] ?? ''] ?? Number.NaN);
}

/**
 * A script in time: at t do this, between t1 and t2 want exactly these, and no others of that kind (exemplar: the
 * acceptance tests of prometheus/alertmanager).
 *
 * Times count from the start of `run` by a clock that stands still while something is awaited: at the end of a window for what it still
 * wants, and while a step takes longer than it was given. So a script says what comes before what, never how fast the machine is; how fast
 * the station is, `npm run bench` says.
 *
 * ```ts
 * const script = new Scenario();
 * script.at('0s', 'E1 jumps').do(() => e1.publish(…));
 * script.between('0s', '5s').want('sms', 1, 'one message to the household', (sms: Sms) => sms.to === phone);
 * await script.run(observations);
 * ```
 */
export class Scenario {
  readonly #steps: Step[] = [];
  readonly #wants: Want[] = [];

  /** @param patienceMs how long what is wanted may be late */
  constructor(private readonly patienceMs = PATIENCE_MS) {}

  at(time: string, say: string): { do: (act: () => Promise<void> | void) => Scenario } {
    return {
      do: (act) => {
        this.#steps.push({ at: duration(time), say, act });
        return this;
      },
    };
  }

  /** Observations of `kind` seen in [from, to) that match: exactly `count`, never more, never fewer. */
  between(from: string, to: string): { want: (kind: string, count: number, say: string, matches?: (what: never) => boolean) => Scenario } {
    return {
      want: (kind, count, say, matches = () => true) => {
        this.#wants.push({ from: duration(from), to: duration(to), kind, count, say, matches });
        return this;
      },
    };
  }

  /** Runs the steps at their times, waits for the last want to end, and throws with every want that did not hold. */
  async run(observations: () => readonly Observation[]): Promise<void> {
    const clock = new ScriptClock();
    const turns = new Set([...this.#steps.map(({ at }) => at), ...this.#wants.flatMap(({ from, to }) => [from, to])]);
    for (const turn of [...turns].toSorted((a, b) => a - b)) {
      await clock.reach(turn);
      for (const want of this.#wants) if (want.to === turn) await this.#await(want, observations, clock);
      clock.goOn(turn, observations().length);
      for (const step of this.#steps) if (step.at === turn) await take(step);
    }
    const failures = this.#wants.flatMap((want) => judge(want, observations(), clock));
    if (failures.length > 0)
      throw new Error(`${failures.length} of ${this.#wants.length} expectations did not hold:\n${failures.join('\n')}`);
  }

  async #await(want: Want, observations: () => readonly Observation[], clock: ScriptClock): Promise<void> {
    const late = Date.now() + this.patienceMs;
    while (inWindow(want, observations(), clock).length < want.count && Date.now() < late) await sleep(LOOK_EVERY_MS);
  }
}

/** When the script went on from each of its times, and how much had been seen by then. */
class ScriptClock {
  readonly #wentOn = new Map<number, { at: number; seen: number }>();
  #last = { turn: 0, at: Date.now() };

  async reach(turn: number): Promise<void> {
    const wait = this.#last.at + turn - this.#last.turn - Date.now();
    if (wait > 0) await sleep(wait);
  }

  goOn(turn: number, seen: number): void {
    this.#last = { turn, at: Date.now() };
    this.#wentOn.set(turn, { at: this.#last.at, seen });
  }

  /** What was seen between two times of the script; up to now when the second has not come. */
  between(from: number, to: number, all: readonly Observation[]): readonly Observation[] {
    return all.slice(this.#wentOn.get(from)?.seen, this.#wentOn.get(to)?.seen);
  }

  /** ms of the script at which something was seen. */
  script(at: number): number {
    const [turn, begun] = [...this.#wentOn].findLast(([, wentOn]) => wentOn.at <= at) ?? [0, { at }];
    return turn + at - begun.at;
  }
}

async function take(step: Step): Promise<void> {
  try {
    await step.act();
  } catch (error) {
    throw new Error(`at ${step.at} ms (${step.say}): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const wanted = ({ kind, matches }: Want, all: readonly Observation[]): Observation[] =>
  all.filter((seen) => seen.kind === kind && matches(seen.what as never));
const inWindow = (want: Want, all: readonly Observation[], clock: ScriptClock): Observation[] =>
  wanted(want, clock.between(want.from, want.to, all));

function judge(want: Want, all: readonly Observation[], clock: ScriptClock): string[] {
  const found = inWindow(want, all, clock);
  if (found.length === want.count) return [];
  const times = (seen: readonly Observation[]): string => seen.map(({ at }) => `${clock.script(at)} ms`).join(', ');
  const elsewhere = wanted(want, all).filter((seen) => !found.includes(seen));
  return [
    `- ${want.say}: between ${want.from} and ${want.to} ms wanted ${want.count} ${want.kind}, saw ${found.length}` +
      `${found.length > 0 ? ` at ${times(found)}` : ''}${elsewhere.length > 0 ? ` (outside: ${times(elsewhere)})` : ''}`,
  ];
}
