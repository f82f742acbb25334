export type { Store, StoreOptions } from './store.js';
export { openStore } from './open-store.js';
export { DataRefused, StoreAway } from './errors.js';
export { MigrationError } from './migrate.js';
export { startEmbeddedPostgres, EmbeddedPostgresError, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded/index.js';
