import type { ReleaseScope, WarningAction, WarningRecord } from '#libs/contracts';
import { fromIso, levelRank, MINUTE, type WarningLevel } from '#libs/contracts';

/** Who acts, as far as two-person sign-off asks. */
export interface Signing {
  username: string;
  /** Of a signed decision: who wrote it. Two people stand behind it when that is not who signed. */
  decidedBy?: string | undefined;
}

/**
 * How long the first of two waits for the second, ms. Shorter: the second signer is woken up and finds nothing to sign. Longer: somebody at the end
 * of the shift completes what was meant for its beginning.
 */
const WAITS_MS = 30 * MINUTE;

/** Public messages that change what people do. `publish` follows a signature; ratifying stands behind a plan two people made. */
const countersigned: ReadonlySet<WarningAction> = new Set(['adjust', 'cancel', 'all-clear']);

export type SecondPerson = 'go' | 'ask' | 'second-person';

/**
 * Where two sign: whether this person completes the action, is the first of two, or is a person too few.
 * @param level of the message
 */
export function secondPerson(
  record: WarningRecord,
  { action, scope, level }: { action: WarningAction; scope: ReleaseScope; level: WarningLevel },
  signing: Signing,
  now: number,
): SecondPerson {
  if (scope !== 'public') return 'go';
  const { username, decidedBy } = signing;
  if (action !== 'sign' && !countersigned.has(action)) return 'go';
  if (decidedBy !== undefined) return decidedBy === username ? 'second-person' : 'go';
  if (action === 'sign') return record.releases.public.proposedBy === username ? 'second-person' : 'go';
  const first = record.countersign;
  const waits =
    first !== undefined &&
    first.action === action &&
    (action !== 'adjust' || levelRank(first.level ?? 'none') === levelRank(level)) &&
    now - fromIso(first.at) < WAITS_MS;
  if (!waits) return 'ask';
  return first.by === username ? 'second-person' : 'go';
}
