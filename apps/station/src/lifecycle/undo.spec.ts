import { expect, it } from 'vitest';
import { createLogger } from '#libs/platform';
import { Undo } from './undo.js';

it('stops last first, and one that fails or never ends does not keep the others running', async () => {
  const stopped: string[] = [];
  const undo = new Undo(createLogger('silent'), 100);
  undo.later('first', async () => void stopped.push('first'));
  undo.later('stuck', () => new Promise(() => undefined));
  undo.later('broken', () => Promise.reject(new Error('no')));
  undo.later('last', async () => void stopped.push('last'));
  await Promise.all([undo.all(), undo.all()]);
  expect(stopped).toEqual(['last', 'first']);
});
