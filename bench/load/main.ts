import { Fleet } from './fleet.js';
import type { Order, Word } from './job.js';

/** A loader process: takes orders from the bench that forked it, ends with it. */
const say = (word: Word): void => void process.send?.(word);
let fleet: Fleet | undefined;

async function obey(order: Order): Promise<void> {
  if (order.do === 'connect') {
    fleet = new Fleet(order.job);
    setInterval(() => fleet && say({ said: 'progress', ...fleet.progress }), 1000).unref();
    await fleet.connect();
    say({ said: 'connected' });
  } else if (order.do === 'reconnect') {
    await fleet?.reconnect();
    say({ said: 'connected' });
  } else if (order.do === 'begin') fleet?.begin();
  else if (order.do === 'measure') fleet?.measure();
  else if (order.do === 'report') {
    if (fleet) say({ said: 'report', report: fleet.report() });
  } else {
    fleet?.end();
    process.disconnect();
  }
}

process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => say({ said: 'failed', error: String(error) }));
});
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => {
  say({ said: 'failed', error: error.message });
  process.exit(1);
});
say({ said: 'ready' });
