import { setTimeout as sleep } from 'node:timers/promises';

/** Something that happened, seen from outside: a warning, a message, a wall event. */
export interface Observation {
  /** Wall clock, epoch ms. */
  at: number;
  kind: string;
  what: unknown;
}

type Step = { at: number; say: string; act: () => Promise<void> | void };
type Want = { from: number; to: number; kind: string; count: number; say: string; matches: (what: never) => boolean };

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

/** `1.5s`, `200ms`, `2m` → milliseconds. */
export function duration(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (!found) throw new Error(`"${text}" is no duration: write 200ms, 1.5s or 2m`);
  return Number(found[1]) * (units[found[2] ?? ''] ?? Number.NaN);
}

/**
 * A script in time: at t do this, between t1 and t2 want exactly these, and no others of that kind (exemplar: the
 * acceptance tests of prometheus/alertmanager). Times count from the start of `run`.
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

  at(time: string, say: string): { do: (act: () => Promise<void> | void) => Scenario } {
    return {
      do: (act) => {
        this.#steps.push({ at: duration(time), say, act });
        return this;
      },
    };
  }

  /** Observations of `kind` whose time lies in [from, to] and that match: exactly `count`, never more, never fewer. */
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
    const start = Date.now();
    for (const step of [...this.#steps].sort((a, b) => a.at - b.at)) {
      await until(start + step.at);
      try {
        await step.act();
      } catch (error) {
        throw new Error(`at ${step.at} ms (${step.say}): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
    await until(start + Math.max(0, ...this.#wants.map((want) => want.to)));
    const failures = this.#wants.flatMap((want) => judge(want, observations(), start));
    if (failures.length > 0)
      throw new Error(`${failures.length} of ${this.#wants.length} expectations did not hold:\n${failures.join('\n')}`);
  }
}

async function until(time: number): Promise<void> {
  const wait = time - Date.now();
  if (wait > 0) await sleep(wait);
}

function judge(want: Want, all: readonly Observation[], start: number): string[] {
  const ofKind = all.filter((seen) => seen.kind === want.kind && want.matches(seen.what as never));
  const found = ofKind.filter((seen) => seen.at >= start + want.from && seen.at <= start + want.to);
  if (found.length === want.count) return [];
  const elsewhere = ofKind.filter((seen) => !found.includes(seen)).map((seen) => `${seen.at - start} ms`);
  return [
    `- ${want.say}: between ${want.from} and ${want.to} ms wanted ${want.count} ${want.kind}, saw ${found.length}` +
      `${found.length > 0 ? ` at ${found.map((seen) => `${seen.at - start} ms`).join(', ')}` : ''}${elsewhere.length > 0 ? ` (outside: ${elsewhere.join(', ')})` : ''}`,
  ];
}
