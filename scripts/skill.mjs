// `npm run skill`: what the warnings are worth, on records and on simulated sites.
import path from 'node:path';
import { helpOn, main, prepare, root, run, say, sayOnStderr } from './lib/prepare.mjs';

helpOn(`
npm run skill [-- --data DIR] [--only NAME] [--sites N] [--seed N] [--creeps N] [--threads N] [--write] [--json]
Lets the station judge recorded failures, quiet records and simulated sites as it would have live, and scores what it said. Page: docs/skill.md

  --data DIR     folder with the records that may not be shipped; without it only those that are
  --only NAME    one section (may be given again): preonzo sites quiet creep three-gorges tailings sitka mukilteo serra-do-mar soil-water illgraben
  --sites N      simulated sites of each noise (1000: some ten minutes on two cores)
  --seed N       which sites are drawn (1)     --creeps N   runs of creep (3000)
  --write        writes docs/skill.md and docs/skill/*.svg
  --json         the last line is one JSON object with every goal and table
Ends with 0 also where a goal is missed: that is a finding, and stands in the page.
`);
await main(async () => {
  sayOnStderr();
  await prepare({ dashboard: false });
  const { runSkill } = await import('../dist/apps/evaluate/src/skill/main.js');
  process.exitCode = await runSkill(process.argv.slice(2), say);
  if (process.argv.includes('--write'))
    await run(path.join(root, 'node_modules', '.bin', 'prettier'), ['--write', 'docs/skill.md'], { quiet: true });
});
