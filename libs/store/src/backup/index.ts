export { takeBackup } from './take.js';
export { restoreBackup } from './restore.js';
export { texts as backupTexts } from './texts.js';
