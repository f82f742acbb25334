import { fromIso, warningLevels, type PointLevel } from '#libs/contracts';
import type { EventRule, Score } from '#libs/evaluate';
import type { JobResult, SaidLine } from '../run/job.js';
import type { VariantScore } from '../run/run.js';
import type { Scored, ScoreTable } from '../run/totals.js';
import { changesOf } from './json.js';
import { badTexts, both, countedTexts, filled, levelTexts, texts } from './texts.js';
import { civil, duration, number, share } from './words.js';

/** Changes shown on a terminal; all are in `--json` and in a report. */
const changesShown = 40;
const levels: readonly PointLevel[] = ['unknown', 'none', ...warningLevels];

/** What one rulebook said of one history, for a terminal. */
export function resultLines(result: JobResult, failure: number | null): string[] {
  const { period, rulebook, summary, said, readings } = result;
  const changes = changesOf(said);
  const hidden = changes.length - changesShown;
  return [
    '',
    `${both(texts.point)} ${result.hazardPoint} · ${both(texts.rulebook)} ${rulebook.title.zh} ${rulebook.title.en} (${rulebook.id}@${rulebook.version})`,
    ...(rulebook.status === 'placeholder' ? [both(texts.placeholder)] : []),
    `${both(texts.period)} ${civil(period.from)} – ${civil(period.to)} · ${both(texts.readings)} ${readings}`,
    ...inputLines(result),
    '',
    `${both(texts.changes)} (${changes.length})`,
    ...(hidden > 0 ? [...changes.slice(0, changesShown / 2), null, ...changes.slice(-changesShown / 2)] : changes).map((one) =>
      one ? changeLine(one) : `  … ${hidden} …`,
    ),
    '',
    ...levels.map((level) => {
      const time = duration(summary.timeInLevelSeconds[level] * 1000);
      const of = level === 'none' || level === 'unknown' ? undefined : level;
      const first = of && summary.firstAt[of];
      const confirmed = of && summary.confirmedAt[of];
      const lead = of && summary.leadSeconds?.[of];
      return [
        `  ${both(levelTexts[level]).padEnd(14)}`,
        `${both(texts.timeInLevel)} ${time}`,
        first && `${both(texts.firstAt)} ${civil(fromIso(first))}`,
        confirmed && `${both(texts.confirmedAt)} ${civil(fromIso(confirmed))}`,
        failure !== null && lead !== undefined && `${both(texts.lead)} ${duration(lead * 1000)}`,
      ]
        .filter(Boolean)
        .join(' · ');
    }),
  ];
}

function inputLines({ input: { bad, duplicates, late, sorted, devices } }: JobResult): string[] {
  return [
    ...(sorted ? [both(texts.sorted)] : []),
    ...(duplicates > 0 ? [`${both(texts.duplicates)}: ${duplicates}`] : []),
    ...(late > 0 ? [`${both(texts.late)}: ${late}`] : []),
    ...devices.map(
      ({ deviceId, interval, given }) =>
        `${deviceId}: ${both(texts.interval)} ${duration(interval * 1000)}${given ? '' : ` (${both(texts.measured)})`}`,
    ),
    ...(bad.count > 0
      ? [
          `${both(texts.badLines)}: ${bad.count} (${Object.entries(bad.byReason)
            .map(([why, count]) => `${why} ${count}`)
            .join(', ')})`,
        ]
      : []),
  ];
}

/** Names the first bad lines, for stderr. */
export const badLines = ({ input: { bad } }: Pick<JobResult, 'input'>, file: string): string[] =>
  bad.first.map(({ line, why, text }) => `${file}:${line}: ${both(badTexts[why as keyof typeof badTexts])}: ${text}`);

function changeLine({ at, level, from, certainty, reasons, late }: SaidLine): string {
  const state = certainty === null ? '' : both(certainty === 'confirmed' ? texts.confirmed : texts.candidate);
  const why = reasons.map(({ text }) => `${text.zh} ${text.en}`).slice(0, 2);
  return `  ${civil(at)}  ${both(levelTexts[from])} → ${both(levelTexts[level])} ${state}${late ? ` ${both(texts.late)}` : ''}  ${why.join('; ')}`;
}

export function scoreLines(scores: ScoreTable | null, rule: EventRule): string[] {
  if (!scores) return ['', both(texts.noScore)];
  const times = { before: duration(rule.before), tolerance: duration(rule.tolerance), after: duration(rule.after) };
  const { zh, en } = filled(texts.definition, times);
  const of = (counted: Scored): string[] => [
    `${both(texts.score)} (${both(countedTexts[counted])})`,
    ...warningLevels.map((level) => `  ${both(levelTexts[level]).padEnd(14)}${scoreWords(scores[counted][level])}`),
  ];
  return ['', ...of('told'), ...of('confirmed'), zh, en];
}

const scoreWords = (score: Score): string =>
  [
    `${both(texts.hits)} ${score.hits}`,
    `${both(texts.misses)} ${score.misses}`,
    `${both(texts.falseAlarms)} ${score.falseAlarms}`,
    `${both(texts.unknownAlarms)} ${score.unknownAlarms}`,
    `POD ${share(score.pod)}`,
    `FAR ${share(score.far)}`,
    `CSI ${share(score.csi)}`,
    `TSS ${share(score.tss)}`,
    `${both(texts.perYear)} ${share(score.falseAlarmsPerStationYear)}`,
    ...(score.lead.median === null
      ? []
      : [`${both(texts.leadMedian)} ${duration(score.lead.median * 1000)} (${duration((score.lead.least ?? 0) * 1000)})`]),
  ].join(' · ');

/** One line a variant: what was set, and what each level came to. */
export const sweepLines = (variants: readonly VariantScore[]): string[] => [
  '',
  `${both(texts.sweep)} (${both(countedTexts.told)})`,
  ...variants.flatMap(({ set, outcome }) => {
    const name = Object.entries(set)
      .map(([key, value]) => `${key}=${number(value)}`)
      .join(' ');
    if ('fault' in outcome) return [`  ${name}  ${both(texts.invalid)}: ${outcome.fault}`];
    return [
      `  ${name}`,
      ...warningLevels.map(
        (level) =>
          `    ${both(levelTexts[level]).padEnd(14)}${outcome.scores ? scoreWords(outcome.scores.told[level]) : both(texts.noScore)}`,
      ),
    ];
  }),
];
