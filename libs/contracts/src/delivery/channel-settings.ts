import { z } from 'zod';
import type { DeliveryChannel } from './delivery.js';
import { DivisionCode } from '../point/division.js';
import { DeviceId } from '../point/ids.js';
import { WarningLevel } from '../point/level.js';

/** Channels that tell many at once, in place of one person by telephone. */
export type GroupChannel = Exclude<DeliveryChannel, 'sms' | 'voice'>;
export const groupChannel = (channel: DeliveryChannel): GroupChannel | undefined =>
  channel === 'sms' || channel === 'voice' ? undefined : channel;

/** What a client is shown in place of a secret; given back, it leaves the secret as it is. */
export const SECRET_KEPT = '••••••';

/** Names deliveries and alarms carry. */
const ChannelId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'id: lower-case letters, digits and -, at most 31');
/** May carry a key; people are shown it without what stands after `?`. */
const Address = z.url({ protocol: /^https?$/ }).max(500);
const Secret = z.string().max(200);

/** Which messages go this way. */
const told = {
  on: z.boolean().default(true),
  /** The lowest level that does. Blue in a work group of 300 teaches 300 people to mute it. */
  fromLevel: WarningLevel.default('yellow'),
  /** `internal`: with the staff, at once. `public`: with the residents, once it is signed. */
  scope: z.enum(['internal', 'public']).default('internal'),
};

/** A robot in a work group. */
export const RobotSettings = z.strictObject({
  id: ChannelId,
  vendor: z.enum(['dingtalk', 'wecom']),
  /** As the vendor's console shows it, with its key. */
  url: Address,
  /** Secret of the signature (DingTalk 加签); empty: none. */
  secret: Secret.default(''),
  ...told,
});
export type RobotSettings = z.infer<typeof RobotSettings>;

/** A mail server of the county, and who is written to. */
export const SmtpSettings = z.strictObject({
  host: z.string().min(1).max(200),
  port: z.number().int().min(1).max(65_535),
  /** `tls`: from the first byte (465). `starttls`: demanded before anything is said (587). `none`: a relay of one's own network. */
  security: z.enum(['tls', 'starttls', 'none']),
  /** Empty: no log-in. */
  user: z.string().max(100).default(''),
  password: Secret.default(''),
  /** Sender address. */
  sender: z.email(),
  to: z.array(z.email()).min(1).max(50),
  ...told,
});
export type SmtpSettings = z.infer<typeof SmtpSettings>;

/** Another system that is told. */
export const WebhookSettings = z.strictObject({
  id: ChannelId,
  url: Address,
  /** Signs what is sent. Shorter can be guessed. */
  secret: Secret.min(16),
  /** Lets the address be one of one's own network. Off, because who may change settings could otherwise make the station knock on doors inside. */
  privateAddress: z.boolean().default(false),
  ...told,
});
export type WebhookSettings = z.infer<typeof WebhookSettings>;

/** The county's emergency-broadcast platform (应急广播). */
export const BroadcastPlatformSettings = z.strictObject({
  url: Address,
  secret: Secret.min(16),
  areaCodes: z.array(DivisionCode).min(1).max(50),
  volume: z.number().int().min(0).max(100).default(80),
  repeat: z.number().int().min(1).max(10).default(3),
  privateAddress: z.boolean().default(true),
  ...told,
  scope: told.scope.default('public'),
});
export type BroadcastPlatformSettings = z.infer<typeof BroadcastPlatformSettings>;

/** Horns of stations on slopes, spoken through by the downlink; each speaks for the hazard point of its device. */
export const HornSettings = z.strictObject({
  ...told,
  devices: z.array(DeviceId).max(500).default([]),
  /** How often it says a text. */
  times: z.number().int().min(1).max(10).default(3),
  scope: told.scope.default('public'),
  fromLevel: WarningLevel.default('orange'),
});
export type HornSettings = z.infer<typeof HornSettings>;

/** The displays of the command centre: whoever has the wall open in the county. Its own, so it is there without being entered. */
export const WallSettings = z.strictObject({
  ...told,
  /** Every level: what the county is told of is what its command centre looks at (notify.md §4.3). */
  fromLevel: WarningLevel.default('blue'),
  /**
   * Seconds a display has to paint a message. Shorter fails a wall that is just coming back after a break of the network, and calls the duty officer
   * for it; longer leaves a dark wall unnoticed for that long.
   */
  within: z.number().int().min(10).max(120).default(30),
});
export type WallSettings = z.infer<typeof WallSettings>;
const usualWall: WallSettings = { on: true, fromLevel: 'blue', scope: 'internal', within: 30 };

const unique = (given: readonly { id: string }[]) => new Set(given.map(({ id }) => id)).size === given.length;

/**
 * Channels that were removed, with their accounts: who was told by them is told that it is over. Nobody enters or reads these; a part that is entered
 * again takes the place of its former self.
 */
export const FormerChannels = z.strictObject({
  /** Epoch ms. */
  removedAt: z.number(),
  robots: z.array(RobotSettings).default([]),
  smtp: SmtpSettings.nullable().default(null),
  webhooks: z.array(WebhookSettings).default([]),
  platform: BroadcastPlatformSettings.nullable().default(null),
  horns: z.array(DeviceId).default([]),
});
export type FormerChannels = z.infer<typeof FormerChannels>;

/** Ways a message goes besides SMS and telephone (`/settings`, `channels`). Accounts of SMS providers are in the environment. */
export const ChannelSettings = z.strictObject({
  robots: z.array(RobotSettings).max(20).refine(unique, 'ids of robots: each once').default([]),
  smtp: SmtpSettings.nullable().default(null),
  webhooks: z.array(WebhookSettings).max(20).refine(unique, 'ids of webhooks: each once').default([]),
  broadcast: z
    .strictObject({
      platform: BroadcastPlatformSettings.nullable().default(null),
      horns: HornSettings.default({ on: true, fromLevel: 'orange', scope: 'public', devices: [], times: 3 }),
    })
    .default({ platform: null, horns: { on: true, fromLevel: 'orange', scope: 'public', devices: [], times: 3 } }),
  wall: WallSettings.default(usualWall),
});
export type ChannelSettings = z.infer<typeof ChannelSettings>;
export const defaultChannels: ChannelSettings = ChannelSettings.parse({});

/** What was changed: each part as a whole; what is not named stays. A secret given as `SECRET_KEPT`, or not at all, stays the one of the same id. */
export const ChannelSettingsPatch = z.strictObject({
  robots: z
    .array(RobotSettings.extend({ secret: Secret.default(SECRET_KEPT) }))
    .max(20)
    .refine(unique, 'ids of robots: each once')
    .optional(),
  smtp: SmtpSettings.extend({ password: Secret.default(SECRET_KEPT) })
    .nullable()
    .optional(),
  webhooks: z
    .array(WebhookSettings.extend({ secret: Secret.default(SECRET_KEPT) }))
    .max(20)
    .refine(unique, 'ids of webhooks: each once')
    .optional(),
  broadcast: z
    .strictObject({
      platform: BroadcastPlatformSettings.extend({ secret: Secret.default(SECRET_KEPT) })
        .nullable()
        .optional(),
      horns: HornSettings.optional(),
    })
    .optional(),
  wall: WallSettings.optional(),
});
export type ChannelSettingsPatch = z.infer<typeof ChannelSettingsPatch>;

/** As it is shown: secrets as `SECRET_KEPT`, addresses without their keys, mailboxes masked by role. */
export const ChannelSettingsView = ChannelSettings.extend({
  smtp: SmtpSettings.extend({ to: z.array(z.string()) }).nullable(),
  webhooks: z.array(WebhookSettings.extend({ secret: z.string() })),
  broadcast: z.strictObject({
    platform: BroadcastPlatformSettings.extend({ secret: z.string() }).nullable(),
    horns: HornSettings,
  }),
});

/** A message was tried (`POST /settings/channels/{name}/test`). */
export const ChannelTest = z.object({
  ok: z.boolean(),
  /** Class of the refusal and its code; nothing of an address. */
  class: z.string().optional(),
  code: z.string().optional(),
  /** The other side has it; otherwise what became of it comes later, if ever. */
  delivered: z.boolean(),
});
export type ChannelTest = z.infer<typeof ChannelTest>;
