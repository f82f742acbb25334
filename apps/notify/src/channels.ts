import type { ChannelSettings, Clock, FormerChannels, Settings } from '#libs/contracts';
import {
  BroadcastPlatform,
  GroupRobot,
  SlopeHorns,
  Smtp,
  Webhook,
  dingtalk,
  wecom,
  type Channel,
  type Driver,
  type HornLink,
} from '#libs/notify';

type Given = Pick<Settings, 'channels' | 'formerChannels'>;
/** A channel that should be there. `part`: what it is made of; who is told by it, and from which level, is no part of it. */
interface Wanted {
  key: string;
  part: unknown;
  farewell: boolean;
  make: () => Channel;
}

/**
 * The channels of the settings: robots, mail, webhooks, loudspeakers. One whose account did not change is the same object after a change of the
 * settings: how much it has said this minute and how its provider does are known of it. What is off or removed is there for those it told before.
 */
export class SettingsChannels {
  readonly #made = new Map<string, { part: string; channel: Channel }>();

  /** @param horns the way down to devices; absent: no horn is spoken through */
  constructor(
    private readonly clock: Clock,
    private readonly horns: () => HornLink | undefined,
  ) {}

  of(settings: Given): Driver[] {
    const wanted = wantedOf(settings, this.clock, this.horns());
    const drivers = wanted.map(({ key, part, farewell, make }): Driver => {
      const text = JSON.stringify(part);
      const known = this.#made.get(key);
      const channel = known?.part === text ? known.channel : make();
      this.#made.set(key, { part: text, channel });
      return { channel, simulated: false, ...(farewell ? { farewell } : {}) };
    });
    const there = new Set(wanted.map(({ key }) => key));
    for (const key of this.#made.keys()) if (!there.has(key)) this.#made.delete(key);
    return drivers;
  }
}

function wantedOf({ channels, formerChannels }: Given, clock: Clock, link: HornLink | undefined): Wanted[] {
  const { robots, smtp, webhooks, broadcast } = channels;
  const was = <T>(pick: (one: FormerChannels) => readonly T[]): T[] => formerChannels.flatMap(pick);
  const mail = smtp ?? formerChannels.find((one) => one.smtp)?.smtp;
  const platform = broadcast.platform ?? formerChannels.find((one) => one.platform)?.platform;
  const { on, times, devices } = broadcast.horns;
  const horns = [...new Set([...devices, ...was((one) => one.horns)])];
  return [
    ...newest(
      robots,
      was((one) => one.robots),
    ).map(([{ id, vendor, url, secret, on: there }, former]): Wanted => ({
      key: `robot:${id}`,
      part: { vendor, url, secret },
      farewell: former || !there,
      make: () => new GroupRobot({ id, vendor, dialect: vendor === 'dingtalk' ? dingtalk({ url, secret }) : wecom({ url }), clock }),
    })),
    ...(mail ? [mailServer(mail, smtp?.on !== true)] : []),
    ...newest(
      webhooks,
      was((one) => one.webhooks),
    ).map(([{ id, url, secret, privateAddress, on: there }, former]): Wanted => ({
      key: `webhook:${id}`,
      part: { url, secret, privateAddress },
      farewell: former || !there,
      make: () => new Webhook({ id, url, secret, privateAddress, clock }),
    })),
    ...(platform ? [broadcastPlatform(platform, broadcast.platform?.on !== true, clock)] : []),
    ...(link && horns.length > 0
      ? [
          {
            key: 'horns',
            part: { horns, times },
            farewell: !on || devices.length === 0,
            make: () => new SlopeHorns({ link, devices: horns, times }),
          },
        ]
      : []),
  ];
}

/** Those of today, and of the removed ones the newest of each id. */
function newest<T extends { id: string }>(today: readonly T[], former: readonly T[]): [one: T, former: boolean][] {
  const byId = new Map<string, [T, boolean]>();
  for (const one of today) byId.set(one.id, [one, false]);
  for (const one of former) if (!byId.has(one.id)) byId.set(one.id, [one, true]);
  return [...byId.values()];
}

function mailServer({ host, port, security, user, password, sender }: NonNullable<ChannelSettings['smtp']>, farewell: boolean): Wanted {
  const part = { host, port, security, user, password, from: sender };
  return { key: 'smtp', part, farewell, make: () => new Smtp(part) };
}

function broadcastPlatform(given: NonNullable<ChannelSettings['broadcast']['platform']>, farewell: boolean, clock: Clock): Wanted {
  const { url, secret, areaCodes, volume, repeat, privateAddress } = given;
  const part = { url, secret, areaCodes, volume, repeat, privateAddress };
  return { key: 'broadcast', part, farewell, make: () => new BroadcastPlatform({ ...part, clock }) };
}
