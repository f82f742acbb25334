import type { JudgementMark } from '#libs/contracts';
import type { JudgementStore } from '#libs/stream';
import type { Mode } from './mode.js';

/**
 * Marks of points whose judgement produced nothing while the database is away. They are not worth the disk: after a crash the readings since
 * the last one are judged again, and what that produces has the same ids.
 */
export class HeldMarks {
  readonly #marks = new Map<string, JudgementMark>();

  /** The port, keeping marks while the database is away. */
  over(judgements: JudgementStore, mode: () => Mode): JudgementStore {
    return {
      marks: () => judgements.marks(),
      history: (...args) => judgements.history(...args),
      after: (...args) => judgements.after(...args),
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
