import type { JudgementMark } from '#libs/contracts';
import type { JudgementStore } from '#libs/stream';
import { StoreAway } from '../sql/errors.js';
import type { Mode } from './mode.js';

/**
 * Marks of points whose judgement produced nothing while the database is away. They are not worth the disk: after a crash the readings since
 * the last one are judged again, and what that produces has the same ids.
 */
export class HeldMarks {
  readonly #marks = new Map<string, JudgementMark>();

  /**
   * The port, keeping marks while the database is away. Until the journal is drained nothing of the past is answered: a point begun from half of it would
   * be judged past the readings that are still in the journal, and those would never be judged.
   */
  over(judgements: JudgementStore, mode: () => Mode): JudgementStore {
    const whole =
      <A extends unknown[], T>(ask: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        if (mode() === 'draining') throw new StoreAway('the journal is being brought in: the past of the points is not whole yet', false);
        return ask(...args);
      };
    return {
      marks: whole(() => judgements.marks()),
      history: whole((...args) => judgements.history(...args)),
      after: whole((...args) => judgements.after(...args)),
      backlog: whole((...args) => judgements.backlog(...args)),
      checkpoints: whole((...args) => judgements.checkpoints(...args)),
      saveCheckpoints: async (checkpoints) => {
        if (mode() === 'up') return judgements.saveCheckpoints(checkpoints);
        throw new StoreAway('the database is away, and a checkpoint is not worth the journal', false);
      },
      saveMarks: async (marks) => {
        if (mode() === 'up') return judgements.saveMarks(marks);
        for (const mark of marks) this.#marks.set(mark.hazardPoint, mark);
      },
    };
  }

  /** Brings them in; a mark never goes back, so an old one does no harm. */
  async save(judgements: JudgementStore): Promise<void> {
    const marks = [...this.#marks.values()];
    if (marks.length === 0) return;
    await judgements.saveMarks(marks);
    for (const mark of marks) if (this.#marks.get(mark.hazardPoint) === mark) this.#marks.delete(mark.hazardPoint);
  }
}
