import type { CalloutReport, DeliveryView, ReportParty, TaskView } from '#libs/contracts';

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

type Sent = Pick<DeliveryView, 'recipientId' | 'channel' | 'status' | 'address' | 'provider' | 'error' | 'times'>;

/** Of whom a message or a call is for: those behind one door, or one of the staff. */
const isFor = (party: Pick<ReportParty, 'subject'>, { recipientId }: Sent): boolean =>
  recipientId === party.subject || recipientId?.startsWith(`${party.subject}:`) === true;

/** Numbers of somebody that a provider has found dead while this warning was told; not one that a later message reached after all. */
export function deadNumbers(party: Pick<ReportParty, 'subject'>, deliveries: readonly Sent[]): Sent[] {
  const own = deliveries.filter((one) => isFor(party, one) && (one.channel === 'sms' || one.channel === 'voice'));
  const dead = own.filter(({ error }) => error?.class === 'RECIPIENT_PERM');
  const reachedAfter = ({ address, times }: Sent): boolean =>
    own.some((other) => other.address === address && other.times.delivered !== null && other.times.delivered > times.created);
  return [...new Map(dead.filter((one) => !reachedAfter(one)).map((one) => [one.address, one])).values()];
}

/** Actions of a visit that the panel offers, in the order a person needs them. */
export const visitActions = ['start', 'visited', 'refused', 'failed'] as const;

/** `4:05`: minutes and seconds, as one reads a stopwatch; hours in front where there are any. */
export function stopwatch(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(Math.floor(seconds % 60))}` : `${minutes}:${two(Math.floor(seconds % 60))}`;
}
