import { writeFileSync } from 'node:fs';
import { readOptions, type BacktestOptions } from './options.js';
import { changeOf, changesOf, definitionOf, summaryLine } from './output/json.js';
import { badLines, resultLines, scoreLines, sweepLines } from './output/text.js';
import { both, texts } from './output/texts.js';
import type { Job } from './run/job.js';
import { planOf } from './run/plan.js';
import { carryOut, type Findings } from './run/run.js';
import { reportFiles } from './report/report.js';

/** Where a run writes. */
export interface Streams {
  out: (line: string) => void;
  err: (line: string) => void;
}

const standard: Streams = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
};

/** `npm run backtest -- …`. @returns the exit code: 0, or 1 when the input or the rules will not do */
export async function runBacktest(args: readonly string[], env: NodeJS.ProcessEnv, to: Streams = standard): Promise<number> {
  try {
    const options = readOptions(args);
    const plan = await planOf(options, env, to.err);
    try {
      return tell(options, plan.jobs, await carryOut(plan, options), to);
    } finally {
      await plan.close();
    }
  } catch (error) {
    to.err(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function tell(options: BacktestOptions, jobs: readonly Job[], found: Findings, to: Streams): number {
  const { results, scores, variants } = found;
  for (const [at, result] of results.entries()) for (const line of badLines(result, nameOf(jobs[at]))) to.err(line);
  if (options.timing) to.err(JSON.stringify({ timing: results.map(({ readings, timing }) => ({ readings, ...timing })) }));
  if (options.strict && results.some(({ input }) => input.bad.count > 0)) {
    to.err(both(texts.strict));
    return 1;
  }
  if (options.report !== undefined)
    for (const { file, text } of reportFiles(options.report, jobs, found, options)) writeFileSync(file, text);
  if (options.json) tellJson(options, found, to);
  else {
    const lines = results.flatMap((result) => resultLines(result, options.failure ?? null));
    lines.push(...scoreLines(scores, options.eventRule));
    if (found.compared) {
      lines.push('', both(texts.compare), ...found.compared.results.flatMap((result) => resultLines(result, options.failure ?? null)));
      lines.push(...scoreLines(found.compared.scores, options.eventRule));
    }
    if (variants.length > 0) lines.push(...sweepLines(variants));
    for (const line of lines) to.out(line);
  }
  return 0;
}

const nameOf = (job: Job | undefined): string => (job?.source.kind === 'csv' ? job.source.file : (job?.source.hazardPoint ?? ''));

/** One object a line. Of one history: its changes, then its summary, as the contract has it; what else was asked for comes before the summary. */
function tellJson({ eventRule }: BacktestOptions, { results, scores, compared, variants }: Findings, { out }: Streams): void {
  const several = results.length > 1;
  for (const { said, hazardPoint } of results)
    for (const change of changesOf(said)) out(JSON.stringify(several ? { hazardPoint, ...changeOf(change) } : changeOf(change)));
  if (compared)
    out(
      JSON.stringify({
        compare: {
          points: compared.results.map((result) => ({
            ...summaryLine(result, null, eventRule),
            changes: changesOf(result.said).map((change) => changeOf(change)),
          })),
          score: compared.scores,
        },
      }),
    );
  for (const { set, outcome } of variants)
    out(
      JSON.stringify({
        variant: set,
        ...('fault' in outcome
          ? outcome
          : { points: outcome.results.map(({ hazardPoint, summary }) => ({ hazardPoint, ...summary })), score: outcome.scores }),
      }),
    );
  for (const result of results) out(JSON.stringify(summaryLine(result, several ? null : scores, eventRule)));
  if (several) out(JSON.stringify({ total: { points: results.length, definition: definitionOf(eventRule), score: scores } }));
}
