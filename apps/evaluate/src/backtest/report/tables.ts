import { fromIso, warningLevels, type PointLevel } from '#libs/contracts';
import type { Score } from '#libs/evaluate';
import { changesOf } from '../output/json.js';
import { badTexts, countedTexts, levelTexts, texts, type Text } from '../output/texts.js';
import { civil, duration, number, share } from '../output/words.js';
import type { JobResult } from '../run/job.js';
import type { VariantScore } from '../run/run.js';
import type { Scored, ScoreTable } from '../run/totals.js';
import { levelColours } from './colours.js';
import { escaped } from './svg.js';

/** Changes shown on a page: a point that flaps a thousand times is seen to after a hundred. */
const changesShown = 100;

/** Both languages, the second small. */
export const words = ({ zh, en }: Text): string => `<span>${escaped(zh)}</span> <small>${escaped(en)}</small>`;

const chip = (level: PointLevel): string => {
  const { fill, text } = levelColours[level];
  const style =
    level === 'unknown'
      ? 'background:repeating-linear-gradient(45deg,#d9dce0,#d9dce0 3px,#bcc2ca 3px,#bcc2ca 6px);color:#333'
      : `background:${fill};color:${text}`;
  return `<b class="chip" style="${style}">${levelTexts[level].zh} ${levelTexts[level].en}</b>`;
};

/** Cells are HTML already. */
const table = (heads: readonly Text[], rows: readonly (readonly string[])[], name = ''): string =>
  `<table class="${name}"><thead><tr>${heads.map((head) => `<th>${words(head)}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</tbody></table>`;

/** When each level was first in force, how long before the failure, and for how long altogether. */
export function levelTable({ summary }: JobResult): string {
  const moment = (iso: string | undefined): string => (iso === undefined ? '–' : civil(fromIso(iso)));
  const lead = (seconds: number | undefined): string => (seconds === undefined ? '–' : duration(seconds * 1000));
  const all: PointLevel[] = ['unknown', 'none', ...warningLevels];
  return table(
    [texts.level, texts.timeInLevel, texts.firstAt, texts.confirmedAt, texts.lead, texts.confirmedLead],
    all.map((level) => {
      const time = duration(summary.timeInLevelSeconds[level] * 1000);
      if (level === 'none' || level === 'unknown') return [chip(level), time, '', '', '', ''];
      return [
        chip(level),
        time,
        moment(summary.firstAt[level]),
        moment(summary.confirmedAt[level]),
        lead(summary.leadSeconds?.[level]),
        lead(summary.confirmedLeadSeconds?.[level]),
      ];
    }),
  );
}

const scoreHeads = [
  texts.hits,
  texts.misses,
  texts.falseAlarms,
  texts.unknownAlarms,
  texts.pod,
  texts.far,
  texts.csi,
  texts.tss,
  texts.perYear,
  texts.leadMedian,
  texts.inAlarm,
];

const scoreCells = (score: Score): string[] => [
  String(score.hits),
  `${score.misses}${score.blind > 0 ? ` (${texts.blind.zh} ${texts.blind.en} ${score.blind})` : ''}`,
  String(score.falseAlarms),
  String(score.unknownAlarms),
  share(score.pod),
  share(score.far),
  share(score.csi),
  share(score.tss),
  share(score.falseAlarmsPerStationYear),
  score.lead.median === null ? '–' : `${duration(score.lead.median * 1000)} (${duration((score.lead.least ?? 0) * 1000)})`,
  score.timeInAlarm === null ? '–' : `${number(score.timeInAlarm * 100)} %`,
];

export const scoreTables = (scores: ScoreTable): string =>
  (['told', 'confirmed'] satisfies Scored[])
    .map(
      (counted) =>
        `<h3>${words(countedTexts[counted])}</h3>${table(
          [texts.level, ...scoreHeads],
          warningLevels.map((level) => [chip(level), ...scoreCells(scores[counted][level])]),
          'score',
        )}`,
    )
    .join('');

export function changeTable({ said }: JobResult): string {
  const changes = changesOf(said);
  const rows = changes
    .slice(0, changesShown)
    .map(({ at, from, level, certainty, reasons, late }) => [
      civil(at),
      `${chip(from)} → ${chip(level)}`,
      certainty === null
        ? ''
        : words(certainty === 'confirmed' ? texts.confirmed : texts.candidate) + (late ? ` ${words(texts.late)}` : ''),
      reasons.map(({ text }) => words(text)).join('<br>'),
    ]);
  const hidden = changes.length - rows.length;
  return (
    table([texts.time, texts.level, texts.state, texts.reasons], rows, 'changes') +
    (hidden > 0 ? `<p>+ ${hidden}: ${words(texts.moreChanges)}</p>` : '')
  );
}

export function inputList({ input: { bad, duplicates, late, sorted, devices } }: JobResult): string {
  const items = [
    ...devices.map(
      ({ deviceId, interval, given }) =>
        `${escaped(deviceId)}: ${words(texts.interval)} ${duration(interval * 1000)}${given ? '' : ` (${words(texts.measured)})`}`,
    ),
    ...(sorted ? [words(texts.sorted)] : []),
    ...(duplicates > 0 ? [`${words(texts.duplicates)}: ${duplicates}`] : []),
    ...(late > 0 ? [`${words(texts.late)}: ${late}`] : []),
    ...(bad.count > 0 ? [`${words(texts.badLines)}: ${bad.count}`] : []),
    ...bad.first.map(
      ({ line, why, text }) =>
        `${texts.line.zh.replace('{n}', String(line))} <small>${texts.line.en.replace('{n}', String(line))}</small>: ${words(badTexts[why as keyof typeof badTexts])}: <code>${escaped(text)}</code>`,
    ),
  ];
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

export const variantName = (set: VariantScore['set']): string =>
  Object.entries(set)
    .map(([key, value]) => `${key} = ${number(value)}`)
    .join(', ');

/** One row a variant and level; below it the variants that are no rulebook, with what is wrong with them. */
export function sweepTable(variants: readonly VariantScore[]): string {
  const rows: string[][] = [];
  const faults: string[] = [];
  for (const { set, outcome } of variants) {
    const name = escaped(variantName(set));
    if ('fault' in outcome) faults.push(`<li>${name}: ${words(texts.invalid)}: ${escaped(outcome.fault)}</li>`);
    else if (outcome.scores) for (const level of warningLevels) rows.push([name, chip(level), ...scoreCells(outcome.scores.told[level])]);
  }
  return `${rows.length > 0 ? table([texts.sweep, texts.level, ...scoreHeads], rows, 'score') : `<p>${words(texts.noScore)}</p>`}<ul>${faults.join('')}</ul>`;
}
