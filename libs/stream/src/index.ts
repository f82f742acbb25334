export type * from './ports.js';
export { pointStream, type PointInput } from './point-stream.js';
export { replay, type ReplayChange } from './backtest/replay.js';
