// `npm run backup`: an online base backup of the embedded database, and the archive of its log from then on.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { helpOn, main, prepare, say } from './lib/prepare.mjs';

helpOn(`
npm run backup -- --to DIRECTORY [--keep 7] [--with-key]
Copies the embedded database of WANGSHAN_DATA_DIR while the station runs (or while it does not), and from then on every finished
segment of its log goes to DIRECTORY/wal: any moment from this backup to a minute ago can be restored (npm run restore).
DIRECTORY belongs on another disk. --keep: how many base backups stay. --with-key: takes the data key along
(without it: keep <data dir>/data.key apart; with it: whoever has the backup can read names and phone numbers).
`);
await main(async () => {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, keep: { type: 'string', default: '7' }, 'with-key': { type: 'boolean', default: false } },
  });
  const keep = Number(values.keep);
  if (!values.to) throw new Error('npm run backup: say where to, e.g. npm run backup -- --to /mnt/backup/wangshan');
  if (!Number.isInteger(keep) || keep < 1) throw new Error(`npm run backup: --keep ${values.keep} is not a number of backups (at least 1)`);
  await prepare();
  const { readConfig, loadDataKey } = await import('#libs/platform');
  const { takeBackup, backupTexts } = await import('#libs/store');
  const { dataDir, dataKey, databaseUrl } = readConfig(process.env);
  if (databaseUrl) throw new Error(backupTexts.external);
  if (!existsSync(dataDir)) throw new Error(backupTexts.nothingToBackUp(dataDir));
  await takeBackup({ dataDir, to: values.to, keep, withKey: values['with-key'], dataKey: loadDataKey(dataKey, dataDir), say });
});
