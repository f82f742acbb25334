export type * from './ports.js';
export type { TellOrder } from './orders.js';
export { nothing, together, type Effects, type StepContext } from './effects.js';
export { isOpen } from './episode.js';
export { judge } from './judge.js';
export { act, type Actor, type Refusal } from './act.js';
export { tick, isDue } from './validity.js';
export { warningView } from './view.js';
export { Lanes } from './lanes.js';
