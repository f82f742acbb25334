import { Progress } from '../output/progress.js';
import type { BacktestOptions } from '../options.js';
import type { JobResult } from './job.js';
import type { Plan } from './plan.js';
import { runJobs, type Outcome } from './pool.js';
import { scoresOf, type ScoreTable } from './totals.js';

/** One variant of a sweep over all histories. */
export interface VariantScore {
  set: Readonly<Record<string, number>>;
  outcome: { scores: ScoreTable | null; results: JobResult[] } | { fault: string };
}

/** What a run found, before anyone writes it down. */
export interface Findings {
  results: JobResult[];
  scores: ScoreTable | null;
  compared: { results: JobResult[]; scores: ScoreTable | null } | null;
  variants: VariantScore[];
}

/** Runs everything a plan holds, side by side. @throws Error with the first thing that could not be done */
export async function carryOut(plan: Plan, { threads }: Pick<BacktestOptions, 'threads'>): Promise<Findings> {
  const sweeps = plan.variants.flatMap(({ jobs }) => ('fault' in jobs ? [] : jobs));
  const all = [...plan.jobs, ...(plan.compared ?? []), ...sweeps];
  const progress = new Progress(all.length);
  const outcomes = await runJobs(all, threads, (job, state) => progress.tell(job, state)).finally(() => progress.end());
  const rest = outcomes.map(found)[Symbol.iterator]();
  const take = (count: number): JobResult[] => Array.from({ length: count }, () => rest.next().value as JobResult);
  const results = take(plan.jobs.length);
  const other = plan.compared && take(plan.compared.length);
  return {
    results,
    scores: scoresOf(results),
    compared: other && { results: other, scores: scoresOf(other) },
    variants: plan.variants.map(({ set, jobs }) => {
      if ('fault' in jobs) return { set, outcome: jobs };
      const own = take(jobs.length);
      return { set, outcome: { results: own, scores: scoresOf(own) } };
    }),
  };
}

function found(outcome: Outcome): JobResult {
  if ('error' in outcome) throw new Error(outcome.error);
  return outcome.result;
}
