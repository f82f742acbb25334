export { createEmbeddedBroker, type EmbeddedBroker } from './embedded-broker.js';
export { DownlinkError, type DownlinkFailure } from './downlink.js';
