export type * from './ports.js';
export { encodeFrame, decodeFrame } from './frame.js';
export { Picture, type PictureSources, type SeenReading } from './picture.js';
export { DeviceWatch } from './device-watch.js';
export { authOf, credentialOf } from './credential.js';
export { systemAlarm } from './alarm.js';
export { EventFeed } from './event-feed.js';
export { WallNamespace, frameInterval, type WallDeps } from './wall-namespace.js';
