import { z } from 'zod';
import { defaultDownlink, DownlinkSettings } from './device-command.js';
import { HazardPointPatch, ReleasePolicies } from './hazard-point.js';
import { DivisionCode, Phone } from './ids.js';

/** What a county changes (design.md §5 Configuration): one versioned, audited record; code has the defaults. */
export const Settings = z.object({
  countyName: z.string().min(1).max(40).default('望山县'),
  divisionCode: DivisionCode.default('513221'),
  /** SMS sign, shown as 【sign】 and counted in the length. ≤ 12 so that the red text fits one part (libs/notify/src/template.ts). */
  smsSign: z.string().min(2).max(12).default('望山县自然资源局'),
  /** Codes the vendor gave to our templates at approval, by template id (libs/notify/src/catalogue.ts); absent: the default code, which the gateway simulator knows. */
  smsTemplateCodes: z.record(z.string(), z.string().regex(/^SMS_\d{6,12}$/, 'template code: SMS_ and 6–12 digits')).default({}),
  /** Public release by level for points that name none. */
  release: ReleasePolicies.default({ red: 'manual', orange: 'manual', yellow: 'manual', blue: 'manual' }),
  /** People told of every INTERNAL release. Empty by default: no message goes to a number nobody entered. */
  dutyRoster: z
    .array(z.object({ name: z.string().min(1).max(40), phone: Phone }))
    .max(50)
    .default([]),
  /** Hours a warning is valid without a person's action (24 h: domain.md §2.8). */
  validityHours: z.number().int().min(1).max(168).default(24),
  /** Commands to devices, and how they are made denser when a warning rises. */
  downlink: DownlinkSettings.default(defaultDownlink),
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
});
export type SettingsPatch = z.infer<typeof SettingsPatch>;
export const SettingsView = z.object({ version: z.number().int(), updatedBy: z.string(), settings: Settings });
