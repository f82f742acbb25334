import type { JudgementMark, PointDecision, PointState, StoredReading } from '#libs/contracts';

/** What judgement needs from the store to go on after a restart as if nothing had happened (promise 2). */
export interface JudgementStore {
  marks(): Promise<JudgementMark[]>;
  /** Marks of points whose judgement produced nothing; written every 10 s. A mark never goes back. */
  saveMarks(marks: readonly JudgementMark[]): Promise<void>;
  /** Readings of the point with event time ≥ from and seq ≤ upTo, in seq order: rebuilds windows without deciding. */
  history(hazardPoint: string, from: number, upTo: number): Promise<StoredReading[]>;
  /** Readings of the point with seq > after, in seq order: judged as live. */
  after(hazardPoint: string, after: number, limit: number): Promise<StoredReading[]>;
}

/** One answer of a point's stream: how far it is judged, what changed (if anything), and the picture for people. */
export interface Judgement {
  hazardPoint: string;
  /** Highest seq fed and decided. */
  judgedTo: number;
  decision: PointDecision | null;
  /**
   * With a decision: as of that decision, whenever they are read. Without one they are made when they are first read, because most batches
   * change nothing and nobody looks: read them before the point is fed again, that is until `accept` resolves.
   */
  readonly mark: JudgementMark;
  readonly state: PointState;
}
