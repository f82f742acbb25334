// Commands of the contract that this release does not have yet: they say so instead of pretending.
const name = process.argv[2];
const texts = {
  backtest: 'npm run backtest -- --rules FILE --data FILE.csv: replay of history through the live rules. Not in this release.',
};
const help = process.argv.slice(3).some((word) => word === '--help' || word === '-h');
(help ? process.stdout : process.stderr).write(`${texts[name] ?? `unknown command ${name}`}\n`);
process.exit(help ? 0 : 1);
