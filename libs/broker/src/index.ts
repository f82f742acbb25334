export { createEmbeddedBroker, type EmbeddedBroker } from './embedded-broker.js';
