// `node scripts/app-keys.mjs`: keys of the applications whose devices encrypt their payloads. A running station uses them within seconds.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { helpOn, main, prepare, say } from './lib/prepare.mjs';

await main(async () => {
  helpOn(`
node scripts/app-keys.mjs list | remove APPID
node scripts/app-keys.mjs set APPID --cipher aes|des|3des --mode ecb|cbc [--iv HEX|prefix] [--window SECONDS] [--signed]
set reads the key in hexadecimal from standard input, one line; with --signed the key of the signature on a second line. Keys are
never arguments: those are seen by every user of the machine. They are kept in <data dir>/app-keys.json, sealed with the data key.
WANGSHAN_DATA_DIR and WANGSHAN_DATA_KEY must be those of the station.
`);
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cipher: { type: 'string' },
      mode: { type: 'string' },
      iv: { type: 'string' },
      window: { type: 'string' },
      signed: { type: 'boolean', default: false },
    },
  });
  const [action, appId] = positionals;
  const named = /^[\w.-]{1,64}$/.test(appId ?? '');
  if (!(action === 'list' || ((action === 'remove' || action === 'set') && named)))
    throw new Error('list, set APPID or remove APPID is expected; --help says more');
  await prepare();
  const { appsWithKeys, enterAppKey, loadDataKey, readConfig } = await import('../dist/libs/platform/src/index.js');
  const config = readConfig(process.env);
  if (action === 'list') {
    for (const id of appsWithKeys(config.dataDir)) process.stdout.write(`${id}\n`);
    return;
  }
  const dataKey = loadDataKey(config.dataKey, config.dataDir);
  if (action === 'remove') enterAppKey(config.dataDir, dataKey, appId, undefined);
  else {
    const [key = '', signKey = ''] = readFileSync(0, 'utf8').split(/\r?\n/);
    enterAppKey(config.dataDir, dataKey, appId, {
      cipher: values.cipher,
      mode: values.mode,
      key: key.trim(),
      ...(values.iv === undefined ? {} : { iv: values.iv }),
      ...(values.window === undefined ? {} : { window: Number(values.window) }),
      ...(values.signed ? { signKey: signKey.trim() } : {}),
    });
  }
  say(`application ${appId}: ${action === 'set' ? 'key entered' : 'key removed'}`);
});
