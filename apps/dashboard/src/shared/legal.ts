import type { WarningAction, WarningView } from '#libs/contracts';

/** Order of buttons: what leads to people being told comes before what ends the matter. */
const order: readonly WarningAction[] = [
  'acknowledge',
  'confirm',
  'sign',
  'publish',
  'decide',
  'consult',
  'propose',
  'adjust',
  'all-clear',
  'cancel',
  'close',
  'dispose',
];

/** The actions the asking user may take now, each once (a scope is chosen in the dialog), in the order of buttons. */
export function actionsOf(warning: Pick<WarningView, 'legal'>): WarningAction[] {
  const legal = new Set(warning.legal.map((entry) => entry.action));
  return order.filter((action) => legal.has(action));
}
