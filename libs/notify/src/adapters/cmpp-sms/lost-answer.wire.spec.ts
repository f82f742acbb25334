import { afterAll, beforeAll, expect, it } from 'vitest';
import { MINUTE, SECOND, simulatorCmpp, type Clock } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { Dispatcher } from '../../engine/dispatcher.js';
import { GatewayBench, atWorkForAnHour } from '../../fakes/gateway-bench.js';
import { anIntent } from '../../fakes/intents.js';
import { MemoryOutbox } from '../../fakes/memory-outbox.js';
import { CmppSms } from './channel.js';

const sign = '望山县自然资源局';
let bench: GatewayBench;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  bench = await GatewayBench.open(sign);
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await bench.close();
});

/** One red message whose answer the gateway does not give, through the engine; the minute its report is waited for passes at one go. */
async function lose(address: string, clock: Clock): Promise<{ outbox: MemoryOutbox; taken: () => Promise<number> }> {
  let passed = 0;
  const now = () => Date.now() + passed;
  const outbox = new MemoryOutbox(now);
  const channel = new CmppSms({ host: '127.0.0.1', port: bench.simulator.cmppPort, ...simulatorCmpp, sign: () => sign, clock });
  stops.push(
    channel.listen(async ({ receipts }) => {
      for (const receipt of receipts) await outbox.receive(receipt);
    }),
  );
  const dispatcher = new Dispatcher({
    outbox,
    drivers: [{ channel, simulated: false }],
    owner: address,
    clock: { now },
    random: () => 0.5,
    logger: createLogger('silent'),
    changed: () => undefined,
  });
  stops.push(() => dispatcher.stop());
  await bench.order('__faults', { kind: 'accept-then-drop', count: 1 });
  outbox.add([anIntent(address, now(), { address, deadline: now() + 10 * MINUTE })]);
  dispatcher.start();
  const status = () => outbox.deliveries.get(address)?.status;
  // Delivered by its report; or asked about once, put off, and the report taken for nobody's.
  await bench.until(
    () => status() === 'delivered' || (status() === 'unknown' && (outbox.deliveries.get(address)?.notBefore ?? 0) > now() + 30 * SECOND),
  );
  passed = MINUTE;
  await new Promise((resolve) => setTimeout(resolve, SECOND));
  const taken = async () => (await bench.outbox()).filter(({ to }) => to === `+86${address}`).length;
  return { outbox, taken };
}

it('a message whose answer was lost is delivered by its report, and not sent again', async () => {
  const { outbox, taken } = await lose('13911130001', atWorkForAnHour());
  expect(outbox.deliveries.get('13911130001')).toMatchObject({ status: 'delivered', attempts: 1 });
  expect(await taken()).toBe(1);
});

it('in the first minute after a start nothing is guessed: it is sent again', async () => {
  const { taken } = await lose('13911130002', { now: Date.now });
  expect(await taken()).toBe(2);
});
