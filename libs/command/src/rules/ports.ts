import type {
  activationKinds,
  DryRun,
  Page,
  PageQuery,
  PointDecision,
  PointImpact,
  RuleActivationView,
  RuleShadow,
  ShadowEnd,
  StoredReading,
  ThresholdChange,
} from '#libs/contracts';

/** A rulebook version in the store: what is in force, not what is in a file (design.md §5 Rulebook). */
export interface RuleVersion {
  rulebook: string;
  /** Content hash, first 12 hex digits. */
  version: string;
  text: string;
  author: string;
  reason: string;
  createdAt: number;
  /** In force now. */
  active: boolean;
  activatedAt: number | null;
  activatedBy: string | null;
}

/** A version that comes into force. */
export interface Activation {
  rulebook: string;
  version: string;
  /** Version in force that was looked at before; undefined: whatever is in force. null: none was. */
  instead?: string | null;
  kind: (typeof activationKinds)[number];
  by: string;
  at: number;
  reason: string;
  /** The dry run it rests on. */
  dryRun: string | null;
  forced: boolean;
}

export interface RuleStore {
  active(): Promise<RuleVersion[]>;
  /** Newest first. */
  versions(rulebook: string): Promise<RuleVersion[]>;
  /** A version is its text: one that exists is left as it is. */
  insert(version: Omit<RuleVersion, 'active' | 'activatedAt' | 'activatedBy'>): Promise<void>;
  /** @throws Problem not-found, version-conflict when another version than `instead` is in force */
  activate(activation: Activation): Promise<void>;
  /** Every activation, newest first. */
  activations(rulebook: string): Promise<RuleActivationView[]>;
}

/** One thing a judgement said while a shadow ran. */
export interface ShadowDecision {
  id: string;
  shadow: string;
  /** `live`: what the version in force said meanwhile. */
  judge: 'shadow' | 'live';
  decision: Pick<PointDecision, 'hazardPoint' | 'level' | 'certainty' | 'confirmedLevel' | 'eventAt' | 'reasons' | 'late'>;
  ruleVersion: string;
  divisionCode: string;
  /** Seq of the newest reading judged. */
  seq: number;
}
/** How far a shadow has judged a point. */
export interface ShadowMark {
  shadow: string;
  hazardPoint: string;
  judgedTo: number;
  state: unknown;
}

/** Versions that run beside the one in force, and what they said. */
export interface ShadowStore {
  /** Those that have not ended, oldest first. */
  running(): Promise<RuleShadow[]>;
  /** The newest run of a version. */
  newest(rulebook: string, version: string): Promise<RuleShadow | undefined>;
  /** @throws Problem illegal-transition when the version runs already, or `most` run */
  start(shadow: RuleShadow, most: number): Promise<void>;
  /** Its marks go with it. False when it had ended already. */
  end(id: string, how: ShadowEnd, by: string | null, at: number): Promise<boolean>;
  marks(shadow: string): Promise<ShadowMark[]>;
  saveMarks(marks: readonly ShadowMark[]): Promise<void>;
  /** Writes what was said and how far it was judged together; what is written already is left. @returns decisions of the shadow so far */
  record(decisions: readonly ShadowDecision[], mark?: ShadowMark): Promise<number>;
  /** In the order they were said. */
  decisions(shadow: string): Promise<ShadowDecision[]>;
}

/** Dry runs and their reports. */
export interface DryRunStore {
  insert(run: Omit<DryRun, 'totals'>): Promise<void>;
  find(id: string): Promise<Omit<DryRun, 'totals'> | undefined>;
  /** Newest first, without their points. */
  list(query: PageQuery & { rulebook: string }): Promise<Page<Omit<DryRun, 'totals'>>>;
  /** Queued or broken off by the end of a station, oldest first, without points. */
  unfinished(): Promise<Omit<DryRun, 'totals'>[]>;
  /** Newest finished run of a version (not of thresholds) against another. */
  finished(rulebook: string, version: string, against: string | null): Promise<Omit<DryRun, 'totals'> | undefined>;
  progress(id: string, progress: number): Promise<void>;
  finish(id: string, at: number, outcome: { items: readonly PointImpact[] } | { fault: string }): Promise<void>;
  /**
   * Readings of a point in [from, to) of device time, in the order they were stored. The caller asks piece by piece: a year of a point does
   * not fit in memory.
   */
  readings(hazardPoint: string, from: number, to: number): Promise<StoredReading[]>;
}

/** Changes of thresholds points have of their own. Written with the point's record, by the registry. */
export interface ThresholdStore {
  list(query: PageQuery & { hazardPoint: string }): Promise<Page<ThresholdChange>>;
}

/** What the evaluate stage does with rules people ask for; both return at once. */
export interface RuleWork {
  /** Shadows were started or ended in the store. */
  shadowsChanged(): void;
  /** A dry run waits in the store. */
  dryRunsWait(): void;
}
