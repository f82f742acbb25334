import { expect, it } from 'vitest';
import { InProcessBus } from './bus.js';

it('resolves when every listener has: a slow stage slows its source', async () => {
  const bus = new InProcessBus();
  const order: string[] = [];
  let release = () => {};
  bus.listen('slow', 'settings.changed', () => new Promise<void>((resolve) => (release = () => (order.push('slow'), resolve()))));
  bus.listen('next', 'settings.changed', () => void order.push('next'));
  const published = bus.publish('settings.changed', { version: 1 }).then(() => order.push('published'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  release();
  await published;
  expect(order).toEqual(['slow', 'next', 'published']);
});

it('runs the others when one fails, and then says so', async () => {
  const bus = new InProcessBus();
  let heard = 0;
  bus.listen('bad', 'settings.changed', () => Promise.reject(new Error('no')));
  bus.listen('good', 'settings.changed', () => void heard++);
  await expect(bus.publish('settings.changed', { version: 1 })).rejects.toThrow('no');
  expect(heard).toBe(1);
});

it('lets an owner leave with all its listeners', async () => {
  const bus = new InProcessBus();
  let heard = 0;
  bus.listen('a', 'settings.changed', () => void heard++);
  bus.listen('a', 'rules.changed', () => void heard++);
  bus.leave('a');
  await bus.publish('settings.changed', { version: 1 });
  await bus.publish('rules.changed', { rulebooks: [] });
  expect(heard).toBe(0);
});
