export type * from './ports.js';
export type { TellOrder } from './orders.js';
