export { DownlinkError, type DownlinkFailure } from './downlink.js';
export { createEmbeddedBroker } from './embedded-broker.js';
export type { EmbeddedBroker } from './options.js';
