export type * from './ports.js';
export { pointStream, type PointInput, type PointStreamStart } from './point-stream.js';
