export type * from './ports.js';
export { decodeFrame } from './frame.js';
export { Picture } from './picture.js';
export { Displays } from './displays.js';
export { DeviceWatch } from './device-watch.js';
export { credentialOf } from './credential.js';
export { systemAlarm } from './alarm.js';
export { WallNamespace } from './wall-namespace.js';
export { endOverSessions, sessionInterval } from './session-watch.js';
