import { z } from 'zod';
import { FormerChannels, ChannelSettings, ChannelSettingsPatch, defaultChannels } from './delivery/channel-settings.js';
import { AlertSettings, defaultAlertSettings } from './warning/alert-settings.js';
import { defaultDownlink, DownlinkSettings } from './device/device-command.js';
import { HazardPointPatch, ReleasePolicies } from './point/hazard-point.js';
import { defaultHooks, HookSettings } from './delivery/hook.js';
import { DivisionCode } from './point/division.js';
import { Phone } from './point/ids.js';
import { rosterPosts } from './people/told-from.js';

/**
 * Days something is kept; 0 = for ever. Below 30 days a restart could no longer rebuild the indicators that look back longest, and a case
 * file would lose the weeks before its event.
 */
const KeptDays = z
  .number()
  .int()
  .max(36_500)
  .refine((days) => days === 0 || days >= 30, 'days to keep: 0 (for ever) or at least 30');

/**
 * How long what grows without end is kept (docs/adr/0021). A coarser resolution is kept at least as long as a finer one, whatever stands here.
 * Warnings, deliveries and who was reached, cards, consultations, rules, settings and the audit log are kept for ever.
 */
export const Retention = z.object({
  /** Readings as they came: three years, so that this season can be laid over the last ones. */
  readings: KeptDays.default(1095),
  /** Their rollups. A minute costs as much disk as a reading; hours and days cost little. */
  minutes: KeptDays.default(1095),
  hours: KeptDays.default(0),
  days: KeptDays.default(0),
  /** Payloads that could not be read. */
  quarantine: KeptDays.default(365),
  /** What the wall showed; a client away for longer starts from the present picture. */
  wallEvents: KeptDays.default(365),
  /** Gaps that are filled or given up. */
  gaps: KeptDays.default(1095),
  /** Commands to devices that have ended. */
  commands: KeptDays.default(1095),
  /** Readings a day and channel, from which the transmission rate of any month is told. */
  deviceDays: KeptDays.default(3650),
  dryRuns: KeptDays.default(1095),
  shadowDecisions: KeptDays.default(1095),
});
export type Retention = z.infer<typeof Retention>;
export const defaultRetention: Retention = Retention.parse({});

/** When points that fall silent together are told as one cut of power or network (docs/adr/0031). */
export const OutageSettings = z.strictObject({
  /** Points of one county. Fewer: two dead batteries make a band on the wall. More: the cut of a small valley is never named. */
  points: z.number().int().min(2).max(1000),
  /** How close together. Devices are called silent after three uploads, so those of different intervals follow one another. */
  withinMinutes: z.number().int().min(1).max(1440),
});
export type OutageSettings = z.infer<typeof OutageSettings>;
const defaultOutage: OutageSettings = { points: 5, withinMinutes: 10 };

/**
 * 叫应: seconds after the release at which somebody knocks on the door of who has not answered; the steps before it come at fifths of that time
 * (notify.md §4.6). Shorter: the village runs while people are still reading. Longer: a red household that slept through it loses its time.
 */
const KnockSeconds = z.number().int().min(10).max(7200);
export const CalloutSettings = z.strictObject({
  knockAfterSeconds: z.strictObject({ red: KnockSeconds, orange: KnockSeconds, yellow: KnockSeconds }),
});
export type CalloutSettings = z.infer<typeof CalloutSettings>;
const defaultCallout: CalloutSettings = { knockAfterSeconds: { red: 300, orange: 600, yellow: 1800 } };

/**
 * Dead man's switch (notify.md §5.6): while the station proves every ten seconds that nothing it released has stopped on its way, it says so
 * here. When the calls stop coming, the watcher sounds. `null`: nobody outside is called; the file and /metrics remain.
 */
export const HeartbeatSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .nullable(),
  method: z.enum(['GET', 'POST']),
});
export type HeartbeatSettings = z.infer<typeof HeartbeatSettings>;

/** What a county changes (design.md §5 Configuration): one versioned, audited record; code has the defaults. */
export const Settings = z.object({
  countyName: z.string().min(1).max(40).default('望山县'),
  divisionCode: DivisionCode.default('513221'),
  /** SMS sign, shown as 【sign】 and counted in the length. ≤ 12 so that the red text fits one part (libs/notify/src/message/template.ts). */
  smsSign: z.string().min(2).max(12).default('望山县自然资源局'),
  /** Codes the vendor gave to our templates at approval, by template id (libs/notify/src/message/catalogue.ts); absent: the default code, which the gateway simulator knows. */
  smsTemplateCodes: z.record(z.string(), z.string().regex(/^SMS_\d{6,12}$/, 'template code: SMS_ and 6–12 digits')).default({}),
  /** Public release by level for points that name none. */
  release: ReleasePolicies.default({ red: 'manual', orange: 'manual', yellow: 'manual', blue: 'manual' }),
  /** People told of INTERNAL releases, from the level of their post on. Empty by default: no message goes to a number nobody entered. */
  dutyRoster: z
    .array(
      z.object({
        name: z.string().min(1).max(40),
        phone: Phone,
        /** Where they stand: from which level they are told, and of village, township and county also whose silent households. Absent: county. */
        post: z.enum(rosterPosts).optional(),
        /** Division they answer for; absent: all. */
        divisionCode: DivisionCode.optional(),
      }),
    )
    .max(50)
    .default([]),
  /** Hours a warning is valid without a person's action (24 h: domain.md §2.8). */
  validityHours: z.number().int().min(1).max(168).default(24),
  /** Commands to devices, and how they are made denser when a warning rises. */
  downlink: DownlinkSettings.default(defaultDownlink),
  /** How long history is kept. A change takes effect with the next daily run. */
  retention: Retention.default(defaultRetention),
  /** Points that fall silent together. */
  outage: OutageSettings.default(defaultOutage),
  /** Who may push receipts and replies. */
  hooks: HookSettings.default(defaultHooks),
  /** Who signs, what is ratified by when, what is grouped and latched. */
  alert: AlertSettings.default(defaultAlertSettings),
  /** When those who do not answer are called again, and when somebody goes. */
  callout: CalloutSettings.default(defaultCallout),
  /** Robots, mail, webhooks, loudspeakers. */
  channels: ChannelSettings.default(defaultChannels),
  /** Not entered and not shown. */
  formerChannels: z.array(FormerChannels).default([]),
  /** Who outside is told that warnings still go out. */
  heartbeat: HeartbeatSettings.default({ url: null, method: 'GET' }),
});
export type Settings = z.infer<typeof Settings>;
/** Every field optional and without its default: an absent field is left alone, an unknown one is refused. */
export const SettingsPatch = z.strictObject({
  countyName: Settings.shape.countyName.removeDefault().optional(),
  divisionCode: Settings.shape.divisionCode.removeDefault().optional(),
  smsSign: Settings.shape.smsSign.removeDefault().optional(),
  /** All of them: what is not named goes back to its default code. */
  smsTemplateCodes: Settings.shape.smsTemplateCodes.removeDefault().optional(),
  release: HazardPointPatch.shape.release,
  dutyRoster: Settings.shape.dutyRoster.removeDefault().optional(),
  validityHours: Settings.shape.validityHours.removeDefault().optional(),
  /** Fields not named stay. */
  downlink: DownlinkSettings.partial().optional(),
  outage: OutageSettings.partial().optional(),
  hooks: HookSettings.partial().optional(),
  /** Fields not named stay; `divisions` is replaced whole. */
  alert: AlertSettings.partial().optional(),
  callout: z.strictObject({ knockAfterSeconds: CalloutSettings.shape.knockAfterSeconds.partial() }).partial().optional(),
  channels: ChannelSettingsPatch.optional(),
  heartbeat: HeartbeatSettings.partial().optional(),
  retention: z
    .strictObject({
      readings: KeptDays,
      minutes: KeptDays,
      hours: KeptDays,
      days: KeptDays,
      quarantine: KeptDays,
      wallEvents: KeptDays,
      gaps: KeptDays,
      commands: KeptDays,
      deviceDays: KeptDays,
      dryRuns: KeptDays,
      shadowDecisions: KeptDays,
    })
    .partial()
    .optional(),
});
export type SettingsPatch = z.infer<typeof SettingsPatch>;
export const SettingsView = z.object({ version: z.number().int(), updatedBy: z.string(), settings: Settings });
