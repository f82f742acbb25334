import type { JudgementMark, PointDecision, PointState, StoredReading } from '#libs/contracts';

/** What a point's readings up to a mark have made of it. Opaque but to an evaluator that fits. */
export interface Checkpoint {
  hazardPoint: string;
  judgedTo: number;
  /** Station time, epoch ms. */
  madeAt: number;
  state: Uint8Array;
}

/** A point, and up to which seq it needs nothing. */
export interface PointFrom {
  hazardPoint: string;
  after: number;
}

/** What judgement needs from the store to go on after a restart as if nothing had happened (promise 2). */
export interface JudgementStore {
  marks(): Promise<JudgementMark[]>;
  /** Marks of points whose judgement produced nothing; written every 10 s. A mark never goes back. */
  saveMarks(marks: readonly JudgementMark[]): Promise<void>;
  /** Readings of the point with event time ≥ from and seq ≤ upTo, in seq order: rebuilds windows without deciding. */
  history(hazardPoint: string, from: number, upTo: number): Promise<StoredReading[]>;
  /** Readings of the point with seq > after, in seq order: judged as live. */
  after(hazardPoint: string, after: number, limit: number): Promise<StoredReading[]>;
  /**
   * As `after`, of many points at once: everything stored when it is asked, in seq order, a portion at a time.
   * @param take is awaited: a slow judgement slows reading instead of growing a queue
   */
  backlog(from: readonly PointFrom[], take: (readings: StoredReading[]) => Promise<void>): Promise<void>;
  /** Checkpoints of these points that are whole. None of a point where an instrument was registered anew since: it has another zero. */
  checkpoints(hazardPoints: readonly string[]): Promise<Checkpoint[]>;
  /** Writes checkpoints, each together with the mark it was taken at. @throws StoreAway while the database is away: a checkpoint is not worth the journal */
  saveCheckpoints(checkpoints: readonly { checkpoint: Checkpoint; mark: JudgementMark }[]): Promise<void>;
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
