import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger, wallClock } from '#libs/platform';
import { PATIENCE_MS } from '#libs/testing';
import { StoreAway } from '../sql/errors.js';
import type { Mode } from './mode.js';
import { Presence } from './presence.js';

let answers: boolean;
let drains: number;
let drain: () => Promise<void>;
let modes: Mode[];
let presence: Presence;
const gone = new StoreAway('gone', true);

beforeEach(() => {
  answers = true;
  drains = 0;
  modes = [];
  drain = () => Promise.resolve();
  presence = new Presence({
    probe: () => Promise.resolve(answers),
    onAway: () => void modes.push('away'),
    drain: () => {
      drains += 1;
      return drain();
    },
    onMode: (mode) => void modes.push(mode),
    clock: wallClock,
    logger: createLogger('silent'),
  });
});
afterEach(() => presence.stop());
const untilMode = async (mode: Mode): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while (presence.mode !== mode) {
    if (Date.now() > end) throw new Error(`still ${presence.mode}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

it('a hiccup is tried again, not an outage', async () => {
  expect(await presence.confirm(gone, 1)).toBe(true);
  expect(presence.mode).toBe('up');
});

it('work that fails again and again is an outage, although the database answers', async () => {
  expect(await presence.confirm(gone, 3)).toBe(false);
  expect(presence.mode).toBe('away');
});

it('an outage ends what waits for an answer, at once', async () => {
  const hanging = presence.run(() => new Promise(() => undefined));
  answers = false;
  const [confirmed] = await Promise.all([presence.confirm(gone, 1), expect(hanging).rejects.toThrow('away')]);
  expect(confirmed).toBe(false);
  await expect(presence.run(() => Promise.resolve(1))).rejects.toBeInstanceOf(StoreAway);
  expect(modes).toEqual(['away', 'away']);
});

it('notices by itself that the database hangs, and that it is back, and drains before it is up', async () => {
  presence.start();
  answers = false;
  await untilMode('away');
  answers = true;
  await untilMode('up');
  expect(drains).toBe(1);
  expect(modes).toEqual(['away', 'away', 'draining', 'up']);
});

it('is away again when the database goes while draining, and drains anew', async () => {
  presence.start();
  answers = false;
  await untilMode('away');
  drain = () => (drains === 1 ? Promise.reject(gone) : Promise.resolve());
  answers = true;
  await untilMode('up');
  expect(modes.filter((mode) => mode === 'draining')).toHaveLength(2);
});

it('notices a database that hangs while it is drained', async () => {
  presence.start();
  answers = false;
  await untilMode('away');
  drain = () => (drains === 1 ? presence.run(() => new Promise<void>(() => undefined)) : Promise.resolve());
  answers = true;
  await untilMode('draining');
  answers = false;
  await untilMode('away');
  answers = true;
  await untilMode('up');
  expect(drains).toBe(2);
});

it('stops in the middle of a long draining, and calls that no outage', async () => {
  presence.start();
  drain = async () => {
    for (;;) {
      presence.stillThere();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await presence.confirm(gone, 3);
  await vi.waitUntil(() => drains > 0, { timeout: PATIENCE_MS });
  await presence.stop();
  expect(presence.mode).toBe('draining');
});
