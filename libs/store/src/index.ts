export type { Store } from './store.js';
export { openStore } from './open-store.js';
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded/index.js';
export { backupTexts, restoreBackup, takeBackup } from './backup/index.js';
