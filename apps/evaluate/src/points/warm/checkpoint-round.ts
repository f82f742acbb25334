import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { JudgementStore } from '#libs/stream';
import type { PointRunner } from '../point-runner.js';

/**
 * How often a point is written down, in turns of the round (one a second). Oftener: the write-ahead log of a thousand points is as much as that of their
 * readings. Seldomer: after a crash more readings are judged once more into the windows, some 20 µs each.
 */
const turnsPerRound = 300;
/** Points written in one transaction at most: their states are in memory until then. */
const mostAtOnce = 16;

export interface CheckpointRoundNeeds {
  judgements: Pick<JudgementStore, 'saveCheckpoints'>;
  clock: Clock;
  logger: Logger;
}

/** Writes points down in turn, so that a start need not read their windows again. Nothing depends on it: what is not written is read from the readings. */
export class CheckpointRound {
  /** How far each point has been written down; who was longest ago first. */
  readonly #written = new Map<string, { runner: PointRunner; judgedTo: number }>();
  #turn: Promise<unknown> = Promise.resolve();
  #busy = false;
  /** For the log: what was written, and the longest the event loop was held up by one point. */
  #told = { points: 0, bytes: 0, longestMs: 0 };
  /** Points whose turn has come, in parts of one: fewer points than turns have one every few turns, not each of them oftener. */
  #owed = 0;

  constructor(
    private readonly needs: CheckpointRoundNeeds,
    private readonly turns = turnsPerRound,
  ) {}

  /** The points whose turn it is. To be called once a second. */
  turn(runners: ReadonlyMap<string, PointRunner>): Promise<unknown> {
    if (this.#busy) return this.#turn;
    this.#busy = true;
    this.#owed += runners.size / this.turns;
    const most = Math.floor(this.#owed);
    this.#owed -= most;
    this.#turn = this.#write(this.#due(runners, most), Number.POSITIVE_INFINITY).finally(() => (this.#busy = false));
    return this.#turn;
  }

  /** All that have judged something since: before an end. @param within ms it may take; the rest is read from the readings */
  async all(runners: ReadonlyMap<string, PointRunner>, within: number): Promise<void> {
    await this.#turn;
    const began = performance.now();
    const due = this.#due(runners, runners.size);
    this.#told = { points: 0, bytes: 0, longestMs: 0 };
    await this.#write(due, began + within);
    if (due.length > 0)
      this.needs.logger.info({ ...this.#told, of: due.length, ms: Math.round(performance.now() - began) }, 'points were written down');
  }

  #due(runners: ReadonlyMap<string, PointRunner>, most: number): PointRunner[] {
    for (const [hazardPoint, { runner }] of this.#written) if (runners.get(hazardPoint) !== runner) this.#written.delete(hazardPoint);
    const never = [...runners.values()].filter(({ hazardPoint }) => !this.#written.has(hazardPoint));
    const before = [...this.#written].flatMap(([, { runner, judgedTo }]) => (runner.judgedTo > judgedTo ? [runner] : []));
    return [...never, ...before].filter(({ judgedTo, busy }) => judgedTo > 0 && !busy).slice(0, most);
  }

  async #write(due: readonly PointRunner[], until: number): Promise<void> {
    for (let at = 0; at < due.length && performance.now() < until; at += mostAtOnce)
      if (!(await this.#save(due.slice(at, at + mostAtOnce)))) return;
  }

  async #save(portion: readonly PointRunner[]): Promise<boolean> {
    const { judgements, clock, logger } = this.needs;
    const taken: { runner: PointRunner; kept: NonNullable<ReturnType<PointRunner['kept']>> }[] = [];
    for (const runner of portion) {
      const began = performance.now();
      const kept = runner.kept();
      this.#told.longestMs = Math.max(this.#told.longestMs, Math.round((performance.now() - began) * 10) / 10);
      if (kept) taken.push({ runner, kept });
      // One point takes a millisecond or some: a PUBACK must not wait for all of them.
      await setImmediate();
    }
    if (taken.length === 0) return true;
    try {
      await judgements.saveCheckpoints(
        taken.map(({ kept: { mark, state } }) => ({
          checkpoint: { hazardPoint: mark.hazardPoint, judgedTo: mark.judgedTo, madeAt: clock.now(), state },
          mark,
        })),
      );
    } catch (error) {
      if (!(error instanceof StoreAway))
        logger.warn({ err: error }, 'checkpoints could not be written; a start would read more of the readings');
      return false;
    }
    for (const { runner, kept } of taken) {
      this.#told.points += 1;
      this.#told.bytes += kept.state.byteLength;
      runner.saved(kept.mark);
      this.#written.delete(runner.hazardPoint);
      this.#written.set(runner.hazardPoint, { runner, judgedTo: kept.mark.judgedTo });
    }
    return true;
  }
}
