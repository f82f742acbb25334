import type { Clock, JudgementMark, PointState, RegistryView } from '#libs/contracts';
import { scopeFault, thresholdsOfNothing, type ScopeFault } from '#libs/evaluate';
import type { Config, Logger } from '#libs/platform';
import type { Store } from '#libs/store';
import { DryRunDesk } from '../dry-run/dry-run-desk.js';
import { outOfScope, RulebookAlarms, uselessThresholds } from './rulebook-alarms.js';
import { RulebookSource } from './rulebook-source.js';
import { ShadowDesk } from '../shadow/shadow-desk.js';

export interface RulebookDeskNeeds {
  config: Pick<Config, 'rulesDir' | 'activateRules'>;
  store: Pick<Store, 'judgements' | 'rules' | 'shadows' | 'dryRuns'>;
  registry: RegistryView;
  clock: Clock;
  logger: Logger;
  /** How far the version in force has judged a point; undefined: it is not judged. */
  liveMark: (hazardPoint: string) => Promise<{ mark: JudgementMark; state: PointState } | undefined>;
}

/** Everything about rules beside judging by them: how they arrive, what is in force, what runs in shadow, what is tried over history. */
export class RulebookDesk {
  readonly alarms: RulebookAlarms;
  readonly inForce: RulebookSource;
  readonly shadows: ShadowDesk;
  readonly dryRuns: DryRunDesk;

  readonly #registry: RegistryView;

  constructor({ config, store, registry, clock, logger, liveMark }: RulebookDeskNeeds) {
    const { rules, shadows, dryRuns, judgements } = store;
    this.#registry = registry;
    this.alarms = new RulebookAlarms(logger);
    this.inForce = new RulebookSource({
      rules,
      directory: config.rulesDir,
      activate: config.activateRules,
      alarms: this.alarms,
      logger,
      clock,
    });
    this.shadows = new ShadowDesk({ shadows, rules, judgements, registry, clock, logger, liveMark });
    this.dryRuns = new DryRunDesk({ dryRuns, rules, registry, clock, logger });
  }

  /** Once the points are judged. @param changed told of rulebooks that came into force by a changed file */
  begin(changed: (rulebooks: readonly string[]) => Promise<void>): void {
    this.inForce.watch(changed);
    this.shadows.start();
    this.dryRuns.wake();
  }

  /**
   * People are told of points that are judged by a rulebook that was not made for them, and of thresholds that rule nothing. They are judged all the
   * same: grey would take away what little is known.
   */
  lookAtPoints(): void {
    const misfits = new Map<string, ScopeFault[]>();
    const useless = new Map<string, { hazardPoint: string; rule: string }[]>();
    for (const point of this.#registry.points()) {
      const book = point.closed ? undefined : this.inForce.get(point.rulebook);
      if (!book) continue;
      const hazardPoint = point.unifiedCode;
      const profiles = this.#registry.devicesOf(hazardPoint).map(({ profile }) => profile);
      const fault = scopeFault(book, { ...point, profiles });
      if (fault) misfits.set(book.id, [...(misfits.get(book.id) ?? []), fault]);
      const strays = thresholdsOfNothing(book, point.thresholds).map(({ rule }) => ({ hazardPoint, rule }));
      if (strays.length > 0) useless.set(book.id, [...(useless.get(book.id) ?? []), ...strays]);
    }
    this.alarms.set(
      'rulebook-scope:',
      [...misfits].map(([rulebook, own]) => outOfScope(rulebook, own)),
    );
    this.alarms.set(
      'threshold-unused:',
      [...useless].map(([rulebook, own]) => uselessThresholds(rulebook, own)),
    );
  }

  async stop(): Promise<void> {
    await this.inForce.stop();
    await this.dryRuns.stop();
    await this.shadows.stop();
  }
}
