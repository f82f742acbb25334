// `npm run rulebook`: the YAML cases of alert-rules/.
import { helpOn, main, prepare, run } from './lib/prepare.mjs';
import path from 'node:path';
import { root } from './lib/prepare.mjs';

helpOn(`
npm run rulebook [-- PATTERN]: runs every alert-rules/*.cases.yaml (or those whose path matches PATTERN) against the live rule engine.
`);
await main(async () => {
  await prepare({ built: false });
  await run(path.join(root, 'node_modules', '.bin', 'jest'), ['--config', 'jest.config.ts', ...process.argv.slice(2)]);
});
