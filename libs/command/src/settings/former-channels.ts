import { DAY, type ChannelSettings, type FormerChannels } from '#libs/contracts';

/**
 * How long a removed channel can still say that what it told is over. Shorter than a warning stands: its group is left with an order that no longer
 * holds. Much longer: keys of accounts nobody sees any more lie in the settings.
 */
const KEPT_MS = 30 * DAY;

/**
 * Former channels after a change of the channels.
 * @param now wall clock, epoch ms
 */
export function formerChannels(
  former: readonly FormerChannels[],
  before: ChannelSettings,
  after: ChannelSettings,
  now: number,
): FormerChannels[] {
  const removed = removedBetween(before, after, now);
  return [...(removed ? [removed] : []), ...former.filter(({ removedAt }) => now - removedAt < KEPT_MS)];
}

function removedBetween(before: ChannelSettings, after: ChannelSettings, now: number): FormerChannels | undefined {
  const robots = gone(before.robots, after.robots);
  const webhooks = gone(before.webhooks, after.webhooks);
  const smtp = after.smtp ? null : before.smtp;
  const platform = after.broadcast.platform ? null : before.broadcast.platform;
  const horns = before.broadcast.horns.devices.filter((id) => !after.broadcast.horns.devices.includes(id));
  if (robots.length + webhooks.length + horns.length === 0 && !smtp && !platform) return undefined;
  return { removedAt: now, robots, smtp, webhooks, platform, horns };
}

const gone = <T extends { id: string }>(was: readonly T[], is: readonly T[]): T[] =>
  was.filter(({ id }) => !is.some((one) => one.id === id));
