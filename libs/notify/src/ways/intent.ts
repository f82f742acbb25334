import { HOUR, levelRank, MINUTE, type DeliveryChannel, type DeliveryIntent, type WarningLevel } from '#libs/contracts';

/** Hex digest of the parts, at least 16 digits, the same for the same parts. */
export type Hash = (...parts: readonly (string | number)[]) => string;

/** What is told: one version of a release of a warning. */
export type Telling = Pick<DeliveryIntent, 'warningId' | 'scope' | 'version' | 'level' | 'kind' | 'exercise' | 'deliver' | 'site'>;
type Recipient = Pick<DeliveryIntent, 'recipient' | 'role' | 'address'>;
type Way = Pick<DeliveryIntent, 'channel' | 'step' | 'template'>;

/**
 * How long a message may still be worth sending, by level (notify.md §4.3). Shorter gives up on people a slow carrier would still reach;
 * longer hides behind retries that somebody has to knock on a door.
 */
export const deliveryDeadlineMs: Readonly<Record<WarningLevel, number>> = {
  red: 3 * MINUTE,
  orange: 15 * MINUTE,
  yellow: 2 * HOUR,
  blue: 12 * HOUR,
};

/** To real numbers, unless it is an exercise that says otherwise. */
export const deliverOf = ({ exercise, deliver }: Pick<DeliveryIntent, 'exercise' | 'deliver'>): DeliveryIntent['deliver'] =>
  exercise ? deliver : 'real';

const digestOf = ({ warningId, scope, version }: Telling, recipient: string, channel: DeliveryChannel, step: number, hash: Hash): string =>
  hash('delivery', warningId, scope, version, recipient, channel, step).slice(0, 16);

/**
 * Name of a delivery to us and to the provider: planned twice it is one (promise 4). 64 bits in base 36 are at most 13 characters, so that `d` and
 * those fit the 15 bytes a voice OutId may have (notify.md §3.2).
 */
export const deliveryId = (...of: Parameters<typeof digestOf>): string => nameOf(digestOf(...of));
const nameOf = (digest: string): string => `d${BigInt(`0x${digest}`).toString(36)}`;

/**
 * A delivery that is due now. What it says counts as said for the first time: asked or called again, it must not be taken for a repetition.
 * @param now wall clock, epoch ms
 */
export function intentOf(
  telling: Telling,
  { recipient, role, address }: Recipient,
  { channel, step, template }: Way,
  now: number,
  hash: Hash,
): DeliveryIntent {
  const digest = digestOf(telling, recipient, channel, step, hash);
  const id = nameOf(digest);
  return {
    id,
    outId: id,
    ...telling,
    recipient,
    role,
    address,
    channel,
    step,
    template,
    priority: 4 - levelRank(telling.level),
    notBefore: now,
    deadline: now + deliveryDeadlineMs[telling.level],
    createdAt: now,
    content: digest,
  };
}
