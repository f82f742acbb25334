export type * from './ports.js';
export { pointStream, type PointInput } from './point-stream.js';
export { replay } from './backtest/replay.js';
