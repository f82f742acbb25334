export type { Store } from './store.js';
export { openStore } from './open-store.js';
export { openFailoverStore, type FailoverState, type FailoverStore } from './failover/failover-store.js';
export { stationId } from './failover/station-id.js';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/index.js';
export { backupTexts, restoreBackup, takeBackup } from './backup/index.js';
export { fillHistory, type MadeUpHistory } from './history-fill.js';
export { readingSizes, type ReadingSizes } from './reading-size.js';
