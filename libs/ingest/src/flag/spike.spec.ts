import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelMemory, WINDOW } from './channel-memory.js';
import { isSpike } from './spike.js';

/** Feeds values a minute apart; which of them are spikes. */
function spikes(values: readonly number[], accuracy = 0.05): boolean[] {
  const memory = new ChannelMemory();
  return values.map((value, index) => {
    const spike = isSpike(memory, value, accuracy);
    memory.fresh += 1;
    memory.add(index * 60_000, value, spike, false, false);
    return spike;
  });
}
const positions = (values: readonly number[], accuracy?: number): number[] =>
  spikes(values, accuracy).flatMap((spike, at) => (spike ? [at] : []));
const quiet = [10, 10.02, 9.98, 10.01, 9.99, 10.03, 10, 9.97, 10.01];

describe('a spike', () => {
  it('is one sample far outside what the channel did lately', () => expect(positions([...quiet, 25, 10, 10.01])).toEqual([9]));

  it('is never less than six times the noise of the instrument (of two readings, for a step), however quiet the channel', () => {
    const still = Array.from({ length: 9 }, () => 10);
    expect(positions([...still, 10.29])).toEqual([]);
    expect(positions([...still, 10.43])).toEqual([9]);
  });

  it('is not found before five samples: nothing is usual yet', () => {
    expect(positions([1, 1, 1, 1, 100])).toEqual([]);
    expect(positions([1, 1, 1, 1, 1, 100])).toEqual([5]);
  });

  it('is measured by the spread of a noisy channel', () => {
    const noisy = [10, 14, 8, 12, 6, 13, 9, 11, 7];
    expect(positions([...noisy, 20])).toEqual([]);
    expect(positions([...noisy, 90])).toEqual([9]);
  });

  it('becomes the usual when the level stays: the jump is one, what follows is none', () =>
    expect(positions([...quiet, 30, 30, 30, 30.1, 30])).toEqual([9]));

  it('that lasts two samples is marked where it begins, the way back is not', () =>
    expect(positions([...quiet, 30, 30, 10, 10.01])).toEqual([9]));

  it('is not the onset of a failure: velocity that doubles each half day', () => {
    const creep = Array.from({ length: 60 }, (_, hour) => 0.2 * 2 ** (hour / 12));
    expect(positions(creep)).toEqual([]);
  });

  it('is not the last month of a slope that failed, as its extensometer recorded it (Preonzo 2012)', () => {
    const file = new URL('../../../../simulators/terrain/recordings/preonzo-2012/E1.csv', import.meta.url);
    const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
    const recorded = lines.map((line) => line.split(',')[1] ?? '').filter((text) => text !== '');
    expect(recorded.length).toBeGreaterThan(700);
    expect(positions(recorded.map(Number)).length).toBeLessThan(recorded.length / 100);
  });
});

it('any level that stays is normal from the sixth sample on, whatever came before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      (before, level) => {
        const stays = Array.from({ length: WINDOW }, () => level);
        expect(spikes([...before, ...stays]).slice(before.length + 5)).not.toContain(true);
      },
    ),
    { numRuns: 500 },
  );
});
