import { z } from 'zod';
import { DivisionCode, insideDivision } from '../point/division.js';
import { GivenPolicies, SignOff } from '../point/hazard-point.js';
import { ToldFrom } from '../people/told-from.js';

/** Warnings of one region that rise together (docs/adr/0037). */
export const FloodSettings = z.strictObject({
  /** Points of one county. Fewer: every shower makes a band on the wall. More: the officer reads forty warnings one by one. */
  points: z.number().int().min(2).max(1000),
  /** How close together. Shorter: a rain cell that crosses the county in half an hour is never seen as one. Longer: a whole wet day becomes one event. */
  withinMinutes: z.number().int().min(1).max(240),
});
export type FloodSettings = z.infer<typeof FloodSettings>;

/** A level that goes up and down (docs/adr/0037). */
export const LatchSettings = z.strictObject({
  /** Times it turns round. Fewer: one honest second rise is held. More: an hour of a level nobody believes any more. */
  turns: z.number().int().min(2).max(20),
  withinMinutes: z.number().int().min(1).max(1440),
});
export type LatchSettings = z.infer<typeof LatchSettings>;

/** What a county decides about releasing (docs/adr/0037). */
export const AlertSettings = z.strictObject({
  /** For points and divisions that say nothing of their own. */
  signOff: SignOff,
  /** Minutes in which a person has to ratify what a plan published. Shorter: the alarm sounds while the officer is still reading. Longer: nobody stands behind a message people ran from. */
  ratifyMinutes: z.number().int().min(1).max(1440),
  /** Blue may be published. False: not by a plan, not by a person (domain.md §2.8: 蓝色不向社会发布). */
  bluePublic: z.boolean(),
  /** Who is told from which level on, where the county has its own order; absent posts as in domain.md §2.8 (told-from.ts). */
  told: ToldFrom.optional(),
  /** Own policies of divisions, by the longest code that fits: `release` for points registered from then on, `signOff` and `told` at once. */
  divisions: z.record(
    DivisionCode,
    z.strictObject({ release: GivenPolicies.optional(), signOff: SignOff.optional(), told: ToldFrom.optional() }),
  ),
  flood: FloodSettings,
  latch: LatchSettings,
});
export type AlertSettings = z.infer<typeof AlertSettings>;
export const defaultAlertSettings: AlertSettings = {
  signOff: 'one',
  ratifyMinutes: 30,
  bluePublic: false,
  divisions: {},
  flood: { points: 10, withinMinutes: 10 },
  latch: { turns: 4, withinMinutes: 60 },
};

/** What the longest of the county's divisions that holds this one says. */
export function divisionRule(
  settings: Pick<AlertSettings, 'divisions'>,
  divisionCode: string,
): AlertSettings['divisions'][string] | undefined {
  const [longest] = Object.keys(settings.divisions)
    .filter((area) => insideDivision(divisionCode, area))
    .toSorted((a, b) => b.length - a.length);
  return longest === undefined ? undefined : settings.divisions[longest];
}

/** What the county and, above it, the division says of who is told at which level; for `isTold`. */
export const toldOf = (settings: Pick<AlertSettings, 'told' | 'divisions'>, divisionCode: string): (ToldFrom | undefined)[] => [
  settings.told,
  divisionRule(settings, divisionCode)?.told,
];
