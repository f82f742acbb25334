import type { HazardPoint, ReleasePolicy, Settings, SignOff, WarningLevel } from '#libs/contracts';
import { divisionRule } from '#libs/contracts';

/**
 * How the public is told of this level by itself. Blue is not for the public unless the county says so in as many words (domain.md §2.8), whatever
 * a point was registered with: people who are called for every blue stop coming for red.
 */
export const publicPolicy = (point: Pick<HazardPoint, 'release'>, level: WarningLevel, settings: Pick<Settings, 'alert'>): ReleasePolicy =>
  level === 'blue' && !settings.alert.bluePublic ? 'manual' : point.release[level];

/** How many people a public message of a person takes here: the point's word, its division's, the county's. */
export const signOffOf = (point: Pick<HazardPoint, 'signOff' | 'divisionCode'> | undefined, settings: Pick<Settings, 'alert'>): SignOff =>
  point?.signOff ?? divisionRule(settings.alert, point?.divisionCode ?? '')?.signOff ?? settings.alert.signOff;
