export { giveWay } from './give-way.js';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './supervisor.js';
export { EmbeddedPostgresError } from './texts.js';
