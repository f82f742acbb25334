import { expect, it } from 'vitest';
import { Metrics } from './metrics.js';

it('shows a tally as a counter that only rises, however often it is asked', async () => {
  const metrics = new Metrics();
  const tally = metrics.tally('broker', 'messages_total', 'Messages');
  const shown = async () => (await metrics.text()).split('\n').findLast((line) => line.startsWith('wangshan_broker_messages_total'));
  expect(await shown()).toBe('wangshan_broker_messages_total 0');
  for (let n = 0; n < 5; n += 1) tally.inc();
  tally.inc(10);
  expect(await shown()).toBe('wangshan_broker_messages_total 15');
  tally.inc();
  expect([await shown(), await shown()]).toEqual(['wangshan_broker_messages_total 16', 'wangshan_broker_messages_total 16']);
});
