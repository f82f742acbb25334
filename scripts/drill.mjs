// `npm run drill`: the long forms of the drills of reliability.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { helpOn, main, prepare, root, run, say } from './lib/prepare.mjs';

helpOn(`
npm run drill -- kill [--station 25] [--postgres 10]    SIGKILLs of the station and of PostgreSQL under load
npm run drill -- away [--seconds 120]                   the database is away under load
npm run drill -- full                                   the disk of PostgreSQL fills under load (root: mounts a disk in memory)
npm run drill -- notify [--messages 30000] [--lag 3] [--level yellow] [--away 60]
                                                        workers of the outbox SIGKILLed every 0.7 s, 2 % of answers lost, then with a vendor
                                                        whose query lags; PostgreSQL restarted; the first of two vendors refusing all for 60 s
npm test runs a short form of all; docs/reliability.md has results.
`);
/** Time a kill may take with everything that is checked after it, s: fifteen, on a machine that is busy many times that. */
const SECONDS_A_KILL = 300;
const drills = {
  kill: ({ station, postgres }) => ({
    file: 'outage/kill',
    environment: { STATION_KILLS: station, POSTGRES_KILLS: postgres },
    seconds: SECONDS_A_KILL,
    what: `${station} kills of the station and ${postgres} of PostgreSQL`,
  }),
  away: ({ seconds }) => ({
    file: 'outage/away',
    environment: { AWAY_SECONDS: seconds, RED_SECONDS: '5' },
    seconds: Number(seconds) * 3 + 600,
    what: `${seconds} s without the database`,
  }),
  notify: ({ messages, lag, level, away }) => ({
    file: 'notify/kill',
    // Yellow unless it is said: of 30,000 red ones, the last would be over before the questions are.
    environment: {
      NOTIFY_MESSAGES: messages,
      NOTIFY_LAG: lag,
      NOTIFY_LEVEL: level,
      NOTIFY_AWAY: away,
      NOTIFY_PATIENCE: String(180 + Number(lag) + Math.ceil(Number(messages) / 40)),
    },
    seconds: 600 + Number(lag) + Number(away) + Math.ceil(Number(messages) / 40),
    what: `${messages} ${level} messages, three times; ${away} s without the first vendor`,
  }),
  full: () => ({ file: 'outage/full', environment: { RED_SECONDS: '5' }, seconds: 600, what: 'a disk of PostgreSQL that fills' }),
};
await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      station: { type: 'string', default: '25' },
      postgres: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '120' },
      messages: { type: 'string', default: '30000' },
      lag: { type: 'string', default: '3' },
      away: { type: 'string', default: '60' },
      level: { type: 'string', default: 'yellow' },
    },
  });
  const drill = drills[positionals[0]];
  if (!drill) throw new Error(`npm run drill: say which: ${Object.keys(drills).join(', ')} (see --help)`);
  if (!/^(red|orange|yellow|blue)$/.test(values.level)) throw new Error(`npm run drill: --level ${values.level} is no level`);
  for (const [name, value] of Object.entries(values))
    if (name !== 'level' && !/^\d{1,6}$/.test(value)) throw new Error(`npm run drill: --${name} ${value} is not a number`);
  await prepare();
  const { environment, seconds, what, file } = drill(values);
  say(what);
  await run(
    path.join(root, 'node_modules', '.bin', 'vitest'),
    ['run', '--project', 'drill', `simulators/drills/${file}.drill.ts`, `--testTimeout=${seconds * 1000}`, '--reporter=verbose'],
    { env: environment },
  );
  say('done');
});
