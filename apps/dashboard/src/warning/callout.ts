import type { CalloutReport, ReportParty, TaskView } from '#libs/contracts';

export type ReportCallout = CalloutReport['callouts'][number];

const rank: Readonly<Record<ReportParty['state'], number>> = { help: 0, waiting: 1, reached: 2, ack: 3, safe: 4, visited: 5 };

/** Who cries for help, then who was not reached, then who has not answered; of those who have, the first to answer first. */
export const worstFirst = (parties: readonly ReportParty[]): ReportParty[] =>
  parties.toSorted((a, b) => rank[a.state] - rank[b.state] || a.elapsedSeconds - b.elapsedSeconds || (a.id < b.id ? -1 : 1));

/** The call-out of each scope that counts: its newest. Households first. */
export const newestOfEach = (callouts: readonly ReportCallout[]): ReportCallout[] =>
  (['public', 'internal'] as const).flatMap((scope) => {
    const [newest] = callouts.filter((one) => one.scope === scope).toSorted((a, b) => b.releaseVersion - a.releaseVersion);
    return newest ? [newest] : [];
  });

/** What somebody still has to do about one of them: knock, or call back. */
export const openTasksOf = (party: Pick<ReportParty, 'subject'>, tasks: readonly TaskView[]): TaskView[] =>
  tasks.filter(({ about, state, kind }) => about === party.subject && state !== 'closed' && (kind === 'door' || kind === 'call-back'));

/** Actions of a visit that the panel offers, in the order a person needs them. */
export const visitActions = ['start', 'visited', 'refused', 'failed'] as const;

/** `4:05`: minutes and seconds, as one reads a stopwatch; hours in front where there are any. */
export function stopwatch(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(Math.floor(seconds % 60))}` : `${minutes}:${two(Math.floor(seconds % 60))}`;
}
