// `npm run fuzz`: every codec on many more random and mutated payloads than the suite takes.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { helpOn, install, main, root, run, say } from './lib/prepare.mjs';

await main(async () => {
  helpOn(`
npm run fuzz -- [--runs N] [--codec NAME]
Throws N (default 1000000) mutated and N random payloads at each codec: none may throw, hang, or let through a value that is
not finite or a time outside the calendar. What fails is printed as hexadecimal bytes. --codec takes a part of a topic.
`);
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '1000000' }, codec: { type: 'string' } } });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: a whole number from 1, not ${values.runs}`);
  await install();
  say(`fuzz: ${runs} mutated and ${runs} random payloads for each codec`);
  const only = values.codec === undefined ? [] : ['-t', values.codec.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')];
  await run(path.join(root, 'node_modules', '.bin', 'vitest'), ['run', '--project', 'unit', 'devices/fuzz.spec.ts', ...only], {
    env: { FUZZ_RUNS: String(runs) },
  });
  say('fuzz: no codec threw, hung or let anything odd through');
});
