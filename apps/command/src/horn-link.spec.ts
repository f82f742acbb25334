import { expect, it } from 'vitest';
import { Problem, type DeviceCommand, type RegisteredDevice } from '#libs/contracts';
import { hornLink } from './horn-link.js';

const device = { deviceId: 'h1' } as RegisteredDevice;
const order = { deviceId: 'h1', text: '地灾红色预警', times: 3, outId: 'd1', validitySeconds: 180 };

function bench() {
  const made: DeviceCommand[] = [];
  const ended: DeviceCommand[] = [];
  const orders: unknown[] = [];
  const withdrawn: unknown[] = [];
  let refuse: Error | undefined;
  const link = hornLink({
    registry: { device: (id) => (id === 'h1' ? device : undefined) },
    downlink: {
      openOf: () => made,
      withdraw: async (msgid, reason) => {
        withdrawn.push([msgid, reason]);
        return undefined;
      },
      order: async (_, { command, parameters }, about) => {
        if (refuse) throw refuse;
        orders.push({ command, parameters, ...about });
        const one = { msgid: `m${orders.length}`, state: 'queued', command, parameters, text: about.text } as unknown as DeviceCommand;
        made.push(one);
        return one;
      },
    },
    commands: { list: async () => ({ items: ended, nextCursor: null }) },
  });
  return { link, made, ended, orders, withdrawn, refuse: (error: Error) => (refuse = error) };
}

it('a delivery is one command to its device, however often it is said', async () => {
  const { link, made, ended, orders } = bench();
  expect(await link.say(order)).toEqual({ msgid: 'm1', state: 'queued' });
  expect(await link.say(order)).toEqual({ msgid: 'm1', state: 'queued' });
  expect(orders).toEqual([
    {
      command: 'broadcast',
      parameters: { times: 3, text: '地灾红色预警' },
      by: 'notify',
      writtenFor: 'station',
      expiresIn: 180,
      text: 'delivery d1',
    },
  ]);
  ended.push({ ...made.splice(0)[0]!, state: 'succeeded' });
  expect(await link.say(order)).toEqual({ msgid: 'm1', state: 'succeeded' });
  expect(await link.find('h1', 'd2')).toBeUndefined();
});

it('calls off the commands of these deliveries that are open, and no command of anybody else', async () => {
  const { link, made, withdrawn } = bench();
  for (const outId of ['d1', 'd2', 'd3']) await link.say({ ...order, outId });
  made.push({ ...made[0]!, msgid: 'by-hand', command: 'setsensortime' });
  await link.callOff('h1', ['d1', 'd3', 'd-never']);
  expect(withdrawn).toEqual([
    ['m1', 'replaced'],
    ['m3', 'replaced'],
  ]);
});

it('says why it can’t be said, and throws what may pass', async () => {
  const { link, refuse } = bench();
  expect(await link.say({ ...order, deviceId: 'h2' })).toEqual({ refused: 'unknown-device' });
  refuse(new Problem('invalid-request', 'not in GB 2312'));
  expect(await link.say(order)).toEqual({ refused: 'not-sayable' });
  refuse(new Error('the store is away'));
  await expect(link.say(order)).rejects.toThrow('away');
});
