export { DownlinkError } from './downlink.js';
export { createEmbeddedBroker } from './embedded-broker.js';
export type { EmbeddedBroker } from './session/options.js';
export { connectExternalBroker } from './external/external-broker.js';
export type { ExternalBroker } from './external/options.js';
export { createTcpListener } from './tcp/listener.js';
export type { TcpListener } from './tcp/options.js';
