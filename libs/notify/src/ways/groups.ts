import type { ChannelSettings, RecipientRole, ReleaseScope } from '#libs/contracts';
import { WALL_ADDRESS } from '../adapters/wall/channel.js';
import type { GroupWay } from './channels.js';

/** The public's groups are told in the public's words, the staff's in theirs. */
const roleOf = (scope: ReleaseScope): RecipientRole => (scope === 'public' ? 'household' : 'responsible');

/**
 * Whoever is told with everybody, from the settings: the command centre's wall, robots, mailboxes, webhooks, the broadcast platform, and the horns of these devices.
 * @param devices of the hazard point the message is about: a horn speaks for its own slope
 */
export function groupsOf({ robots, smtp, webhooks, broadcast, wall }: ChannelSettings, devices: ReadonlySet<string>): GroupWay[] {
  const way = (
    channel: GroupWay['channel'],
    recipient: string,
    address: string,
    { fromLevel, scope }: { fromLevel: GroupWay['from']; scope: ReleaseScope },
  ): GroupWay => ({ recipient, channel, address, role: roleOf(scope), scope, from: fromLevel });
  const { platform, horns } = broadcast;
  return [
    // Those before the wall are the people on duty, and are told in their words.
    ...(wall.on ? [{ ...way('wall', WALL_ADDRESS, WALL_ADDRESS, wall), role: 'duty' as const }] : []),
    ...robots.filter(({ on }) => on).map((robot) => way('robot', `robot:${robot.id}`, `robot:${robot.id}`, robot)),
    ...(smtp?.on ? smtp.to.map((mailbox, index) => way('email', `email:${index}`, mailbox, smtp)) : []),
    ...webhooks.filter(({ on }) => on).map((hook) => way('webhook', `webhook:${hook.id}`, `webhook:${hook.id}`, hook)),
    ...(platform?.on ? [way('broadcast', 'broadcast:platform', 'broadcast:platform', platform)] : []),
    ...(horns.on
      ? horns.devices.filter((id) => devices.has(id)).map((id) => way('broadcast', `broadcast:${id}`, `broadcast:${id}`, horns))
      : []),
  ];
}
