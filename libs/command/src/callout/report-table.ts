import { civilText, fromIso, type CalloutReport, type ReportParty } from '#libs/contracts';
import { columns, reportWords } from './words.js';

type ReportCallout = CalloutReport['callouts'][number];

/** `2026-07-01 15:20:30` */
export const civilTime = (iso: string | null): string => (iso === null ? '' : civilText(fromIso(iso)).slice(0, 19));

/** Cells of one household or person, by column. */
export const cellsOf = (callout: ReportCallout, party: ReportParty): Record<keyof typeof columns, string> => ({
  scope: reportWords.scope[callout.scope],
  version: String(callout.releaseVersion),
  level: reportWords.level[callout.level],
  name: party.name,
  phones: party.phones.join(' '),
  address: party.address ?? '',
  members: party.memberCount === undefined ? '' : String(party.memberCount),
  state: reportWords.state[party.state],
  reachedAt: civilTime(party.reachedAt),
  answeredAt: civilTime(party.ackAt),
  via: party.ackBy ? reportWords.via[party.ackBy.via] : '',
  elapsed: String(party.elapsedSeconds),
  messages: party.deliveries.map(({ channel, status }) => `${channel}:${status}`).join(' '),
  tasks: party.tasks
    .map(({ kind, outcome }) => `${reportWords.task[kind] ?? kind}：${outcome ? reportWords.outcome[outcome] : reportWords.open}`)
    .join('；'),
});

const names = Object.keys(columns) as (keyof typeof columns)[];
/** Excel takes UTF-8 for the system's code page without it. */
const BOM = '\uFEFF';

/** The report as a table (RFC 4180, UTF-8 with BOM). */
export function csvOfReport(report: CalloutReport): string {
  const rows = report.callouts.flatMap((callout) => callout.parties.map((party) => cellsOf(callout, party)));
  const lines = [names.map((name) => columns[name]), ...rows.map((row) => names.map((name) => row[name]))];
  return BOM + lines.map((line) => line.map(field).join(',')).join('\r\n') + '\r\n';
}

/** Quoted where it has to be; what a spreadsheet would take for a formula is made text. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
