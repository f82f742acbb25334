import type { Goal, Section, Table } from '../section.js';

export interface Head {
  /** One line on what was run, e.g. the command. */
  command: string;
  /** Sections that could not be run, and what they need. */
  lacking: readonly { name: string; needs: string }[];
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
const tableOf = ({ caption, head, rows }: Table): string[] => [
  `*${caption}*`,
  '',
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
  '',
];
export const verdict = ({ met }: Goal): string => (met === null ? 'stated' : met ? 'met' : '**missed**');

function sectionOf({ title, about, goals, tables = [], charts = [] }: Section): string[] {
  return [
    `## ${title}`,
    '',
    ...about.flatMap((paragraph) => [paragraph, '']),
    row(['what', 'goal', 'found', '']),
    row(['---', '---', '---', '---']),
    ...goals.map((goal) => row([goal.what, goal.goal, goal.figure, verdict(goal)])),
    '',
    ...tables.flatMap(tableOf),
    ...charts.flatMap(({ file, caption }) => [`![${caption}](skill/${file})`, '', caption, '']),
  ];
}

/** docs/skill.md, complete: what the warnings are worth, goal by goal, the missed ones first. */
export function skillPage(sections: readonly Section[], { command, lacking }: Head): string {
  const goals = sections.flatMap((section) => section.goals);
  const missed = goals.filter(({ met }) => met === false);
  return [
    '# What the warnings are worth',
    '',
    `<!-- Written by \`${command}\`; edit apps/evaluate/src/skill, not this. -->`,
    '',
    'Every figure is what the station itself would have said: records and simulated sites go through the stream, the detectors and the rulebooks as live readings do, and are scored as `npm run backtest` scores. Thresholds and detectors of the shipped rulebooks were not fitted to the records; the rulebooks of monthly and daily records, and the rules that index records need of their own (`simulators/terrain/recordings/rules`), were written after they had been seen, and where simulated sites led to a change, the section says so. Intervals are 95 % (Wilson; Byar for rates): events are few. `told` is a warning somebody on duty sees; `confirmed` is one that may reach households.',
    '',
    `Made by \`${command}\`. Of ${goals.filter(({ met }) => met !== null).length} goals ${goals.filter(({ met }) => met === true).length} are met and ${missed.length} missed${missed.length > 0 ? ':' : '.'}`,
    '',
    ...missed.map(({ what, goal, figure }) => `- **missed** ${what}: wanted ${goal}, found ${figure}`),
    ...(missed.length > 0 ? [''] : []),
    ...(lacking.length > 0
      ? [
          `Not run, because their records are not here (\`--data\`): ${lacking.map(({ name, needs }) => `${name} (${needs})`).join('; ')}.`,
          '',
        ]
      : []),
    ...sections.flatMap(sectionOf),
    'There is only one complete series with a final collapse (Preonzo). The others are accelerations that stopped, days of slides, and debris flows; the simulated sites are as honest as their parameters, which stand above.',
    '',
  ].join('\n');
}
