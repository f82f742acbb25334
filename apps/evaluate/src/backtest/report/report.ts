import path from 'node:path';
import { toIso, warningLevels } from '#libs/contracts';
import type { BacktestOptions } from '../options.js';
import { changeOf, changesOf, definitionOf, summaryLine } from '../output/json.js';
import { filled, texts } from '../output/texts.js';
import { civil, duration } from '../output/words.js';
import type { Job, JobResult } from '../run/job.js';
import type { Findings, VariantScore } from '../run/run.js';
import { page } from './page.js';
import { scatter, type Dot } from './scatter.js';
import { escaped } from './svg.js';
import { changeTable, inputList, levelTable, scoreTables, sweepTable, variantName, words } from './tables.js';
import { timeline } from './timeline.js';

/** Points drawn in one report; all of them are in its scores and in report.json. */
const pointsDrawn = 20;

/** The report as one HTML file that needs nothing else, and the same for programs as report.json beside it. */
export function reportFiles(
  file: string,
  jobs: readonly Job[],
  found: Findings,
  options: BacktestOptions,
): { file: string; text: string }[] {
  return [
    { file, text: html(jobs, found, options) },
    { file: path.join(path.dirname(file), 'report.json'), text: `${JSON.stringify(json(found, options), null, 1)}\n` },
  ];
}

function html(jobs: readonly Job[], { results, scores, compared, variants }: Findings, { eventRule }: BacktestOptions): string {
  const [first] = results;
  const title = first
    ? `${texts.title.zh} · ${first.rulebook.title.zh} · ${results.length === 1 ? first.hazardPoint : `${results.length}`}`
    : texts.title.zh;
  const rule = { before: duration(eventRule.before), tolerance: duration(eventRule.tolerance), after: duration(eventRule.after) };
  const body = [
    `<h1>${words(texts.title)}</h1>`,
    ...(first ? [head(first)] : []),
    `<h2>${words(texts.score)}</h2>`,
    scores
      ? `<div class="scroll">${scoreTables(scores)}</div><p>${words(filled(texts.definition, rule))}</p>`
      : `<p>${words(texts.noScore)}</p>`,
    ...(compared?.scores
      ? [
          `<h2>${words(texts.compare)}</h2>${head(compared.results[0] as JobResult)}<div class="scroll">${scoreTables(compared.scores)}</div>`,
        ]
      : []),
    ...results.slice(0, pointsDrawn).map((result, at) => pointSection(result, jobs[at], compared?.results[at])),
    ...(variants.length > 0 ? [sweep(variants)] : []),
  ];
  return page(escaped(title), body.join('\n'));
}

function head({ rulebook }: JobResult): string {
  const name = `${rulebook.title.zh} ${rulebook.title.en} (${rulebook.id}@${rulebook.version})`;
  const warning = rulebook.status === 'placeholder' ? `<p class="warn">${words(texts.placeholder)}</p>` : '';
  return `<p>${words(texts.rulebook)} <b>${escaped(name)}</b></p>${warning}`;
}

function pointSection(result: JobResult, job: Job | undefined, other: JobResult | undefined): string {
  const { hazardPoint, period, readings } = result;
  return [
    `<h2>${words(texts.point)} ${escaped(hazardPoint)}</h2>`,
    `<dl class="facts"><dt>${words(texts.period)}</dt><dd>${civil(period.from)} – ${civil(period.to)} (${duration(period.to - period.from)})</dd>`,
    `<dt>${words(texts.readings)}</dt><dd>${readings}</dd>`,
    ...(typeof job?.failure === 'number' ? [`<dt>${words(texts.failure)}</dt><dd>${civil(job.failure)}</dd>`] : []),
    '</dl>',
    timeline(result, job?.events ?? [], other),
    `<h3>${words(texts.summary)}</h3>${levelTable(result)}`,
    ...(other
      ? [`<h3>${words(texts.summary)} · ${escaped(`${other.rulebook.id}@${other.rulebook.version}`)}</h3>${levelTable(other)}`]
      : []),
    `<h3>${words(texts.changes)}</h3><div class="scroll">${changeTable(result)}</div>`,
    `<h3>${words(texts.input)}</h3>${inputList(result)}`,
  ].join('\n');
}

function sweep(variants: readonly VariantScore[]): string {
  const dots = (of: (score: NonNullable<ReturnType<typeof toldScore>>) => { x: number | null; y: number | null }): Dot[] =>
    variants.flatMap(({ set, outcome }) =>
      warningLevels.flatMap((level): Dot[] => {
        const score = toldScore(outcome, level);
        const { x, y } = score ? of(score) : { x: null, y: null };
        return x === null || y === null ? [] : [{ level, x, y, name: variantName(set) }];
      }),
    );
  const roc = dots(({ pofd, pod }) => ({ x: pofd.value, y: pod.value }));
  const trade = dots(({ falseAlarmsPerStationYear, lead }) => ({
    x: falseAlarmsPerStationYear.value,
    y: lead.median === null ? null : lead.median / 3600,
  }));
  const charts = [
    ...(roc.length > 0 ? [scatter(texts.roc, { x: texts.pofd, y: texts.pod }, roc, true)] : []),
    ...(trade.length > 0 ? [scatter(texts.tradeOff, { x: texts.perYear, y: texts.leadHours }, trade)] : []),
  ];
  return `<h2>${words(texts.sweep)}</h2><div class="pair">${charts.join('')}</div><div class="scroll">${sweepTable(variants)}</div>`;
}

const toldScore = (outcome: VariantScore['outcome'], level: (typeof warningLevels)[number]) =>
  'fault' in outcome ? undefined : outcome.scores?.told[level];

function json({ results, scores, compared, variants }: Findings, { eventRule, failure }: BacktestOptions): object {
  const point = (result: JobResult): object => ({
    ...summaryLine(result, null, eventRule),
    changes: changesOf(result.said).map((change) => changeOf(change)),
    indicators: result.indicators,
    curves: result.curves,
  });
  return {
    definition: definitionOf(eventRule),
    failure: failure === undefined ? null : toIso(failure),
    score: scores,
    points: results.map(point),
    compare: compared && { score: compared.scores, points: compared.results.map(point) },
    variants: variants.map(({ set, outcome }) => ({
      set,
      ...('fault' in outcome
        ? outcome
        : { score: outcome.scores, points: outcome.results.map(({ hazardPoint, summary }) => ({ hazardPoint, summary })) }),
    })),
  };
}
