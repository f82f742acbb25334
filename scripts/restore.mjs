// `npm run restore`: a backup back into an empty data directory, as of a moment.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { helpOn, main, prepare, say } from './lib/prepare.mjs';

helpOn(`
npm run restore -- --from DIRECTORY [--at 2026-07-01T06:00:00+08:00] [--key FILE] [--json]
Restores the newest backup before the moment (default: the end of the archived log) into WANGSHAN_DATA_DIR, which may hold no
database, and replays the log up to it. The audit chain is verified; messages that were waiting then are asked about at the
provider before anything is sent again; everybody logs in anew. --key: the data key, unless the backup holds it.
`);
await main(async () => {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, at: { type: 'string' }, key: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  if (!values.from) throw new Error('npm run restore: say where from, e.g. npm run restore -- --from /mnt/backup/wangshan');
  const at = values.at === undefined ? undefined : Date.parse(values.at);
  if (at !== undefined && (Number.isNaN(at) || !/(Z|[+-]\d\d:\d\d)$/.test(values.at)))
    throw new Error(`npm run restore: --at ${values.at} is not a time with an offset, like 2026-07-01T06:00:00+08:00`);
  await prepare();
  const { readConfig } = await import('#libs/platform');
  const { restoreBackup, backupTexts } = await import('#libs/store');
  const { dataDir, dataKey, databaseUrl } = readConfig(process.env);
  if (databaseUrl) throw new Error(backupTexts.external);
  const key = values.key === undefined ? dataKey : readFileSync(values.key, 'utf8').trim();
  const report = await restoreBackup({ from: values.from, dataDir, at, key, now: Date.now(), say });
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else say(backupTexts.restored(dataDir, report));
});
