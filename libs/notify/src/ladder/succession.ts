import type { Callout, CalloutParty, WarningView } from '#libs/contracts';

/** Why a call-out is over now; undefined while it is not (notify.md §4.6: with cancel, all-clear, expiry, or a newer message). */
export function endOf(
  callout: Callout,
  warning: Pick<WarningView, 'state' | 'release'>,
  others: readonly Callout[],
): NonNullable<Callout['endReason']> | undefined {
  const release = warning.release[callout.scope];
  if (release === 'cancelled' || release === 'all-clear') return 'withdrawn';
  if (warning.state === 'expired') return 'expired';
  if (warning.state === 'closed' || warning.state === 'cancelled') return 'withdrawn';
  return others.some((other) => other.scope === callout.scope && other.releaseVersion > callout.releaseVersion) ? 'superseded' : undefined;
}

/**
 * What is still true under the next message: who is in safety need not be looked for again, and who waits for help still does. An
 * acknowledgement is of the old message: whoever read "be ready" has not read "go".
 */
export function carriedOver(before: readonly CalloutParty[], after: readonly CalloutParty[]): CalloutParty[] {
  const answers = new Map(before.map((party) => [party.subject, party]));
  return after.flatMap((party) => {
    const old = answers.get(party.subject);
    if (party.ack !== 'none' || !old || (old.ack !== 'help' && old.ack !== 'safe' && old.ack !== 'visited')) return [];
    const { ack, ackAt, ackBy, helpAt, helpTakenAt } = old;
    return [{ ...party, ack, ackAt, ackBy, helpAt, helpTakenAt, version: party.version + 1 }];
  });
}
