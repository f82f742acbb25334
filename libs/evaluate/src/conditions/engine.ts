import { RuleEngine, type API, type Rule } from 'node-rules';
import type { WarningLevel } from '#libs/contracts';
import type { CompiledCondition, Fact, Finding } from './finding.js';
import type { LevelFindings } from '../levels/level-machine.js';

export interface LevelConditions {
  level: WarningLevel;
  /** At the thresholds. */
  rise: CompiledCondition;
  /** At the fallback share of them. */
  hold: CompiledCondition;
  /** Second sign that confirms what one instrument has held. */
  second?: CompiledCondition;
}
type Findings = Map<WarningLevel, LevelFindings>;
export type EngineOutcome = { ok: true; findings: Findings } | { ok: false; error: string };

/** When an evaluation has taken too long: `passed` resolves. `callOff` as soon as it has answered, or a timer a decision would be left behind. */
export interface Deadline {
  passed: Promise<unknown>;
  callOff(): void;
}
/** Begins to wait for one evaluation; the app makes it from a timer. Without it the engine is waited for. */
export type Overdue = () => Deadline;

/** What the engine is given and clones, deeply: so the facts, hundreds at a point with many instruments, are not among it. */
interface Question {
  run?: number;
  matchPath?: string[];
}

const nothing: Finding = { truth: 'no', support: [], unknown: [], absent: true };

/**
 * The point's rulebook in node-rules: two rules a level, three where it has a second sign. `ignoreFactChanges`, because the engine otherwise starts again
 * from rule 0 whenever a fact changed. The engine works on a clone of the fact, so facts come and findings leave through the closure. Conditions are total;
 * should one throw all the same, it is caught here, because inside the engine it would surface as an uncaught exception and the
 * callback would never come.
 */
export class RulebookEngine {
  readonly #engine: RuleEngine;
  #facts: readonly Fact[] = [];
  #findings: Findings = new Map();
  #error: string | undefined;
  #run = 0;

  constructor(
    levels: readonly LevelConditions[],
    private readonly overdue?: Overdue,
  ) {
    const rules = levels.flatMap(({ level, rise, hold, second }) => [
      this.#rule(level, 'rise', rise),
      this.#rule(level, 'hold', hold),
      ...(second ? [this.#rule(level, 'second', second)] : []),
    ]);
    this.#engine = new RuleEngine(rules, { ignoreFactChanges: true });
  }

  #rule(level: WarningLevel, part: keyof LevelFindings, condition: CompiledCondition): Rule {
    return {
      name: `${level}.${part}`,
      condition: (api: API, fact: Question) => {
        // A run that was given up as overdue may still be under way: it must not write into the next one.
        if (fact.run !== this.#run) return;
        let finding = nothing;
        try {
          finding = condition(this.#facts);
        } catch (error) {
          this.#error = `${level}.${part}: ${error instanceof Error ? error.message : String(error)}`;
        }
        this.#keep(level, part, finding);
        api.when(finding.truth === 'yes');
      },
      consequence: (api: API) => api.next(),
    };
  }

  #keep(level: WarningLevel, part: keyof LevelFindings, finding: Finding): void {
    const both = this.#findings.get(level) ?? { rise: nothing, hold: nothing };
    this.#findings.set(level, { ...both, [part]: finding });
  }

  /** Evaluates every level over the facts. One call at a time: the point's stream serialises. */
  async run(facts: readonly Fact[]): Promise<EngineOutcome> {
    this.#facts = facts;
    this.#findings = new Map();
    this.#error = undefined;
    this.#run += 1;
    const findings = this.#findings;
    const answered = new Promise<void>((resolve) => this.#engine.execute({ run: this.#run } satisfies Question, () => resolve()));
    if (!(await this.#inTime(answered))) return { ok: false, error: 'the rule engine did not answer' };
    if (this.#error !== undefined) return { ok: false, error: this.#error };
    return { ok: true, findings };
  }

  async #inTime(answered: Promise<unknown>): Promise<boolean> {
    const deadline = this.overdue?.();
    if (!deadline) return answered.then(() => true);
    try {
      return await Promise.race([answered.then(() => true), deadline.passed.then(() => false)]);
    } finally {
      deadline.callOff();
    }
  }
}
