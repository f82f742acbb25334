// `node scripts/refused.mjs`: what the database refused of the journal after an outage. The station must be stopped.
import path from 'node:path';
import { helpOn, main, prepare, say } from './lib/prepare.mjs';

await main(async () => {
  helpOn(`
node scripts/refused.mjs list | drop
list prints the records of the journal that the database refused for good, one JSON object a line; they hold names and phone numbers.
drop removes them, which ends the alarm; keep what list printed first. The station must be stopped.
WANGSHAN_DATA_DIR and WANGSHAN_DATA_KEY must be those of the station.
`);
  const action = process.argv[2];
  if (action !== 'list' && action !== 'drop') throw new Error('list or drop is expected; --help says more');
  await prepare();
  const { Journal, loadDataKey, readConfig } = await import('#libs/platform');
  const { dropRefused, refusedRecords } = await import('#libs/store');
  const config = readConfig(process.env);
  const journal = await Journal.open(path.join(config.dataDir, 'journal'));
  try {
    if (action === 'drop') {
      await dropRefused(journal);
      say('what the database refused is dropped');
    } else
      for await (const record of refusedRecords(journal, loadDataKey(config.dataKey, config.dataDir)))
        process.stdout.write(`${JSON.stringify(record)}\n`);
  } finally {
    await journal.close();
  }
});
