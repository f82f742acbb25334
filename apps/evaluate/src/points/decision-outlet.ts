import type { Logger } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { Judgement } from '#libs/stream';
import type { EvaluateMetrics } from '../evaluate-metrics.js';

/** Between two tries to hand a decision on. The point waits: a decision is never dropped. */
const retryEvery = 1_000;
/**
 * ms a decision waits for who only looks to have it on record, or to have failed. Without it a crash after the decision is taken loses it to the
 * comparison: its mark is past. Longer: a warning waits for a comparison. Only points with a shadow wait at all.
 */
const lookersPatience = 200;

/** Where decisions leave judgement: shown to who only looks, and handed to who takes them until they are taken. */
export class DecisionOutlet {
  #taker: ((judgement: Judgement) => Promise<void>) | undefined;
  #stopping = false;

  constructor(
    private readonly logger: Logger,
    private readonly metrics: EvaluateMetrics,
    /** Told of every decision before it is handed on; resolves, never rejects, when that is on record. Told again when it is judged again after a crash. */
    private readonly beside: (judgement: Judgement) => Promise<void> | undefined,
  ) {}

  connect(taker: (judgement: Judgement) => Promise<void>): void {
    this.#taker = taker;
  }

  open(): void {
    this.#stopping = false;
  }

  /** What is not taken now is not tried again: its mark stays before it, and the next start judges it again (promise 2). */
  close(): void {
    this.#stopping = true;
  }

  /** @throws what the taker throws when it refuses for good, or when the outlet is closed */
  async handOn(judgement: Judgement): Promise<void> {
    const { hazardPoint, decision } = judgement;
    if (!decision || !this.#taker) return;
    const { level, certainty, reasons } = decision;
    this.metrics.decisions.inc({ level, certainty: certainty ?? 'none' });
    this.logger.info({ hazardPoint, level, certainty, reasons: reasons.map(({ code }) => code) }, 'decision');
    const beside = this.beside(judgement);
    if (beside) await withinPatience(beside);
    for (;;) {
      try {
        await this.#taker(judgement);
        return;
      } catch (error) {
        // Refused for good: only this point stops, and is begun again from its mark; the others are judged on.
        if (this.#stopping || !(error instanceof StoreAway)) throw error;
        this.logger.error({ err: error, hazardPoint }, 'decision not taken by alert; the point waits and it is handed on again');
        await new Promise((resolve) => setTimeout(resolve, retryEvery));
      }
    }
  }
}

async function withinPatience(beside: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([beside, new Promise((resolve) => (timer = setTimeout(resolve, lookersPatience)))]);
  clearTimeout(timer);
}
