import fc from 'fast-check';
import { expect, it } from 'vitest';
import { modes, next, type Happening, type Mode } from './mode.js';

const happenings: Happening[] = ['lost', 'answers', 'drained'];
const story = fc.array(fc.constantFrom(...happenings), { maxLength: 60 });

it('is up again only after draining: never from `away` at one step', () => {
  fc.assert(
    fc.property(story, (steps) => {
      let mode: Mode = 'up';
      for (const step of steps) {
        const before = mode;
        mode = next(mode, step);
        if (mode === 'up' && before !== 'up') expect(before).toBe('draining');
        if (mode === 'away' && before !== 'away') expect(step).toBe('lost');
      }
    }),
  );
});

it('is away after a loss whatever was before, and a loss said twice is one', () => {
  for (const mode of modes) expect(next(next(mode, 'lost'), 'lost')).toBe('away');
});

it('comes back by answering and draining, from wherever it is', () => {
  fc.assert(
    fc.property(story, (steps) => {
      const anywhere = steps.reduce<Mode>(next, 'up');
      expect(next(next(anywhere, 'answers'), 'drained')).toBe('up');
    }),
  );
});
