import type { CalloutReport } from '#libs/contracts';
import type { PrintBlock, PrintDocument } from '#libs/print';
import { cellsOf, civilTime } from './report-table.js';
import { columns, reportWords } from './words.js';

type ReportCallout = CalloutReport['callouts'][number];
const printed = ['name', 'phones', 'members', 'state', 'reachedAt', 'answeredAt', 'via', 'tasks'] as const;
const shares: Readonly<Record<(typeof printed)[number], number>> = {
  name: 1.2,
  phones: 1.5,
  members: 0.7,
  state: 1.6,
  reachedAt: 1.3,
  answeredAt: 1.3,
  via: 1,
  tasks: 1.6,
};

/** The report as it is printed and filed: newest message first, whoever has not answered shaded. */
export const pageOfReport = (report: CalloutReport, countyName: string): PrintDocument => ({
  title: reportWords.title,
  subtitle: `${report.warning.pointName} · ${reportWords.level[report.warning.level]}`,
  header: countyName,
  footer: `${report.warning.id} · ${civilTime(report.at)}`,
  ...(report.warning.exercise ? { band: reportWords.exercise } : {}),
  orientation: 'landscape',
  blocks: [
    {
      kind: 'form',
      rows: [
        [
          { label: '隐患点 Hazard point', value: `${report.warning.pointName}（${report.warning.hazardPoint}）` },
          { label: '预警开始 Opened', value: civilTime(report.warning.openedAt) },
          { label: '统计时间 As of', value: civilTime(report.at) },
        ],
      ],
    },
    ...report.callouts.flatMap(blocksOf),
    { kind: 'space', height: 16 },
    {
      kind: 'text',
      text: '填报人 Reported by：____________    审核人 Checked by：____________    日期 Date：____________',
      align: 'right',
    },
  ],
});

function blocksOf(callout: ReportCallout): PrintBlock[] {
  const { counts } = callout;
  const steps = callout.steps.map(({ step, at, silent }) => `${civilTime(at).slice(11)} ${reportWords.step[step]}（${silent}）`).join('；');
  return [
    {
      kind: 'heading',
      text: `${reportWords.scope[callout.scope]} · ${reportWords.level[callout.level]} · ${civilTime(callout.startedAt)}`,
    },
    {
      kind: 'form',
      rows: [
        [
          { label: '应叫应 Total', value: String(counts.total) },
          { label: '已到达 Reached', value: String(counts.reached) },
          { label: '已回应 Answered', value: String(counts.acknowledged) },
          { label: '求助 Help', value: String(counts.help), bold: counts.help > 0 },
          { label: '平安 Safe', value: String(counts.safe) },
          { label: '上门 Met', value: String(counts.visited) },
          { label: '未叫应 Silent', value: String(counts.silent), bold: counts.silent > 0 },
        ],
        ...(steps === '' ? [] : [[{ label: '叫应过程 Steps', value: steps }]]),
      ],
    },
    { kind: 'space', height: 6 },
    {
      kind: 'table',
      columns: printed.map((name) => ({ title: columns[name], share: shares[name] })),
      rows: callout.parties.map((party) => {
        const cells = cellsOf(callout, party);
        const open = party.ack === 'none' || party.ack === 'help';
        return { cells: printed.map((name) => cells[name]), shaded: open, bold: open };
      }),
    },
  ];
}
