import { Problem, toIso, type DryRun, type RuleActivationView, type RuleShadow } from '#libs/contracts';
import type { DryRunStore, RuleStore, RuleVersion, ShadowDecision, ShadowMark, ShadowStore } from '../rules/ports.js';

/** Versions of rulebooks in memory. */
export class FakeRules implements RuleStore {
  readonly rows: RuleVersion[] = [];
  readonly activated: RuleActivationView[] = [];
  active: RuleStore['active'] = async () => this.rows.filter((row) => row.active);
  versions: RuleStore['versions'] = async (rulebook) => this.rows.filter((row) => row.rulebook === rulebook);
  insert: RuleStore['insert'] = async (version) => void this.rows.push({ ...version, active: false, activatedAt: null, activatedBy: null });
  activations: RuleStore['activations'] = async (rulebook) => this.activated.filter((row) => row.rulebook === rulebook).toReversed();
  activate: RuleStore['activate'] = async ({ instead, at, ...activation }) => {
    const own = this.rows.filter((row) => row.rulebook === activation.rulebook);
    const before = own.find((row) => row.active)?.version ?? null;
    if (instead !== undefined && instead !== before) throw new Problem('version-conflict', `${before ?? 'none'} is in force`);
    for (const row of own) {
      row.active = row.version === activation.version;
      if (row.active) Object.assign(row, { activatedAt: at, activatedBy: activation.by });
    }
    this.activated.push({ ...activation, at: toIso(at) });
  };
}

/** Shadow runs in memory. */
export class FakeShadows implements ShadowStore {
  readonly rows: RuleShadow[] = [];
  readonly said: ShadowDecision[] = [];
  readonly kept = new Map<string, ShadowMark>();
  running: ShadowStore['running'] = async () => this.rows.filter((row) => row.endedAt === null);
  newest: ShadowStore['newest'] = async (rulebook, version) =>
    this.rows.findLast((row) => row.rulebook === rulebook && row.version === version);
  start: ShadowStore['start'] = async (shadow, most) => {
    const running = await this.running();
    if (running.length >= most || running.some((row) => row.version === shadow.version))
      throw new Problem('illegal-transition', 'runs already', { legal: ['stop'] });
    this.rows.push(shadow);
  };
  end: ShadowStore['end'] = async (id, how, by, at) => {
    const index = this.rows.findIndex((row) => row.id === id && row.endedAt === null);
    const row = this.rows[index];
    if (!row) return false;
    this.rows[index] = { ...row, endedAt: toIso(at), endedBy: by, end: how };
    return true;
  };
  marks: ShadowStore['marks'] = async (shadow) => [...this.kept.values()].filter((mark) => mark.shadow === shadow);
  saveMarks: ShadowStore['saveMarks'] = async (marks) => {
    for (const mark of marks) this.kept.set(`${mark.shadow} ${mark.hazardPoint}`, structuredClone(mark));
  };
  record: ShadowStore['record'] = async (decisions, mark) => {
    for (const each of decisions) if (!this.said.some(({ id }) => id === each.id)) this.said.push(each);
    if (mark) await this.saveMarks([mark]);
    return this.said.filter(({ shadow }) => shadow === (mark?.shadow ?? decisions[0]?.shadow)).length;
  };
  decisions: ShadowStore['decisions'] = async (shadow) => this.said.filter((each) => each.shadow === shadow);
}

/** Dry runs in memory; nobody carries them out. */
export class FakeDryRuns implements DryRunStore {
  readonly rows = new Map<string, Omit<DryRun, 'totals'>>();
  insert: DryRunStore['insert'] = async (run) => void this.rows.set(run.id, run);
  find: DryRunStore['find'] = async (id) => this.rows.get(id);
  list: DryRunStore['list'] = async ({ rulebook }) => ({
    items: [...this.rows.values()].filter((run) => run.rulebook === rulebook),
    nextCursor: null,
  });
  unfinished: DryRunStore['unfinished'] = async () => [...this.rows.values()].filter((run) => run.finishedAt === null);
  finished: DryRunStore['finished'] = async (rulebook, version, against) =>
    [...this.rows.values()].find(
      (run) =>
        run.state === 'done' && run.trial === null && run.rulebook === rulebook && run.version === version && run.against === against,
    );
  progress: DryRunStore['progress'] = async (id, progress) => this.#change(id, { state: 'running', progress });
  finish: DryRunStore['finish'] = async (id, at, outcome) =>
    this.#change(id, {
      finishedAt: toIso(at),
      ...('fault' in outcome ? { state: 'failed', fault: outcome.fault } : { state: 'done', progress: 1, items: [...outcome.items] }),
    });
  readings: DryRunStore['readings'] = async () => [];

  #change(id: string, change: Partial<DryRun>): void {
    const run = this.rows.get(id);
    if (run) this.rows.set(id, { ...run, ...change });
  }
}
