export { createEmbeddedBroker, type BrokerNotice, type EmbeddedBroker, type EmbeddedBrokerOptions } from './embedded-broker.js';
export { authenticate, type Authentication, type Credentials, type RefusalReason } from './authentication.js';
