import type { Scenario } from '../scenario.js';
import { debrisFlow } from './debris-flow.js';
import { obedientSlope } from './obedient-slope.js';
import { preonzo } from './preonzo.js';
import { seasonalCreep } from './seasonal-creep.js';
import { silentStation } from './silent-station.js';
import { tailingsPond } from './tailings-pond.js';

const makers: Record<string, () => Scenario> = {
  preonzo: () => preonzo(),
  'preonzo-alone': () => preonzo(true),
  'seasonal-creep': () => seasonalCreep,
  'debris-flow': () => debrisFlow,
  'tailings-pond': () => tailingsPond,
  'silent-station': () => silentStation,
  'obedient-slope': () => obedientSlope,
};

export const scenarioNames = Object.keys(makers);

/** @throws with the names that exist */
export function scenario(name: string): Scenario {
  const make = makers[name];
  if (!make) throw new Error(`no scenario "${name}"; there are: ${scenarioNames.join(', ')}`);
  return make();
}
