// `npm run rulebook`: the YAML cases of alert-rules/, and the tools of who writes rules.
import path from 'node:path';
import { helpOn, main, prepare, root, run } from './lib/prepare.mjs';
import { exportRulebooks } from './lib/rulebook-export.mjs';
import { check, schema } from './lib/rulebook-tools.mjs';

helpOn(`
npm run rulebook [-- PATTERN]        runs every alert-rules/*.cases.yaml (or those whose path matches PATTERN) against the live rule engine
npm run rulebook -- check FILE…      says of rulebooks or case files what is wrong with them: file:line: where: what was expected
npm run rulebook -- schema           writes alert-rules/*.schema.json and the README's table of detectors from the code
npm run rulebook -- export [--out DIR] [--rulebook ID [--version V]] [--station URL] [--token T]
                                     writes what is in force at a station (WANGSHAN_STATION, WANGSHAN_TOKEN) to DIR/ID.rules.yaml, default rules-in-force/
`);
const tools = { check, schema };

await main(async () => {
  const [word, ...rest] = process.argv.slice(2);
  // Needs nothing built: it asks a running station.
  if (word === 'export') return exportRulebooks(rest);
  if (word in tools) {
    await prepare();
    return tools[word](rest);
  }
  await prepare({ built: false });
  await run(path.join(root, 'node_modules', '.bin', 'jest'), ['--config', 'jest.config.ts', ...process.argv.slice(2)]);
});
