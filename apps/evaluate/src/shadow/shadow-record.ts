import type { Clock, JudgementMark, PointDecision, RegistryView, RuleShadow, ShadowEnd } from '#libs/contracts';
import type { ShadowDecision, ShadowStore } from '#libs/command';
import { hashId, type Logger } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { Judgement } from '#libs/stream';

/** Between two tries to write while the database is away. A shadow may wait: nobody is warned by it. */
const RETRY_MS = 5_000;

/** What was said of a point, without what it was drawn from. */
export type Told = Omit<PointDecision, 'rule' | 'evidence'>;

export interface ShadowRecordNeeds {
  shadows: Pick<ShadowStore, 'record' | 'end'>;
  registry: RegistryView;
  clock: Clock;
  logger: Logger;
}

/** What shadows and the rules in force said, row beside row, for people to compare. */
export class ShadowRecord {
  #writing: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(private readonly needs: ShadowRecordNeeds) {}

  open(): void {
    this.#stopping = false;
  }

  /** What the database does not take now is not tried again. */
  close(): void {
    this.#stopping = true;
  }

  /** Everything said beside has been written, or is lost to the comparison. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Both say the same where a shadow begins at a point. */
  async begin(shadow: RuleShadow, told: Told, liveVersion: string, mark: JudgementMark): Promise<void> {
    await this.needs.shadows.record(
      [this.#row(shadow, 'live', told, liveVersion, mark.judgedTo), this.#row(shadow, 'shadow', told, shadow.version, mark.judgedTo)],
      { shadow: shadow.id, ...mark },
    );
  }

  /**
   * Writes what a shadow said with how far it was judged; the shadow's point waits for it.
   * @returns how many decisions the shadow has on record; 0 where it said nothing
   * @throws when the database refuses it, or is away while the station stops
   */
  async shadow(shadow: RuleShadow, { decision, judgedTo, mark }: Judgement): Promise<number> {
    if (!decision) return 0;
    const row = this.#row(shadow, 'shadow', decision, shadow.version, judgedTo);
    for (;;) {
      try {
        return await this.needs.shadows.record([row], { shadow: shadow.id, ...mark });
      } catch (error) {
        if (this.#stopping || !(error instanceof StoreAway)) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  /**
   * What the version in force said, in the order it was said. What the database does not take is lost to the comparison only.
   * @returns when it is on record or lost; never rejects
   */
  live(shadow: RuleShadow, decision: PointDecision, judgedTo: number): Promise<void> {
    const row = this.#row(shadow, 'live', decision, decision.rule.version, judgedTo);
    this.#writing = this.#writing
      .then(async () => void (await this.needs.shadows.record([row])))
      .catch((error: unknown) => this.needs.logger.warn({ err: error }, 'what the rules in force said is missing from a comparison'));
    return this.#writing;
  }

  /** How a shadow ended, after everything it said. */
  end(shadow: RuleShadow, how: ShadowEnd): void {
    const { shadows, clock, logger } = this.needs;
    this.#writing = this.#writing
      .then(async () => {
        if (await shadows.end(shadow.id, how, null, clock.now()))
          logger.info({ rulebook: shadow.rulebook, version: shadow.version, how }, 'a shadow has ended');
      })
      .catch((error: unknown) => logger.warn({ err: error, shadow: shadow.id }, 'the end of a shadow could not be written; tried again'));
  }

  #row(
    shadow: RuleShadow,
    judge: 'shadow' | 'live',
    { hazardPoint, level, certainty, confirmedLevel, eventAt, reasons, late }: Told,
    ruleVersion: string,
    seq: number,
  ): ShadowDecision {
    return {
      // The same thing said again, after a crash, is the same row.
      id: hashId(32, shadow.id, hazardPoint, judge, seq, eventAt, level, certainty ?? '', confirmedLevel),
      shadow: shadow.id,
      judge,
      decision: { hazardPoint, level, certainty, confirmedLevel, eventAt, reasons, late },
      ruleVersion,
      divisionCode: this.needs.registry.point(hazardPoint)?.divisionCode ?? '',
      seq,
    };
  }
}
