import {
  levelRank,
  type DeliveryChannel,
  type GroupChannel,
  type MessageKind,
  type RecipientRole,
  type ReleaseScope,
  type WarningLevel,
} from '#libs/contracts';

/**
 * A way to many at once: a robot in a work group, a loudspeaker, a mailing address, somebody's web hook. It is told in words for its `role`, without
 * the route of any one household.
 */
export interface GroupWay {
  /** Stable name: `robot:<id>`, `broadcast:<deviceId>`, `email:<id>`. */
  recipient: string;
  channel: GroupChannel;
  /** As its driver takes it. */
  address: string;
  role: RecipientRole;
  scope: ReleaseScope;
  /** Told from this level on. */
  from: WarningLevel;
}

/**
 * Channels a person is told by when a message is released (notify.md §4.3). Every level by SMS: the monitor of a blue slope has no robot. Red by
 * telephone at the same moment, because a text does not wake anybody; a level lower, calls in the night would teach people to hang up.
 */
const personal: Readonly<Record<WarningLevel, readonly DeliveryChannel[]>> = {
  red: ['sms', 'voice'],
  orange: ['sms'],
  yellow: ['sms'],
  blue: ['sms'],
};

/** What nobody is called for: to go and look, and that it is over. */
const written = new Set<MessageKind>(['inspect', 'cancel', 'all-clear', 'expired']);

/**
 * @param there channels that have a driver; what has none is not planned, or every warning would show failures nobody can mend
 */
export const personalChannels = (level: WarningLevel, kind: MessageKind, there: ReadonlySet<DeliveryChannel>): DeliveryChannel[] =>
  personal[level].filter((channel) => there.has(channel) && (channel === 'sms' || !written.has(kind)));

/** Groups that hear of a message: those of its scope whose level it reaches. Nobody but people is asked to inspect. */
export const groupsFor = (
  groups: readonly GroupWay[],
  message: { level: WarningLevel; kind: MessageKind; scope: ReleaseScope },
): GroupWay[] =>
  groups.filter(({ scope, from }) => scope === message.scope && levelRank(message.level) >= levelRank(from) && message.kind !== 'inspect');
