import { describe, expect, it } from 'vitest';
import { UncertainSeqs } from './reading-uncertain.js';

describe('sequences of commits with an unknown outcome', () => {
  it('are told once', () => {
    const uncertain = new UncertainSeqs();
    uncertain.add([{ seq: 1 }, { seq: 2 }]);
    expect([uncertain.take(1), uncertain.take(1), uncertain.take(3)]).toEqual([true, false, false]);
    expect(uncertain.take(2)).toBe(true);
  });

  it('are certain once their commit was done again', () => {
    const uncertain = new UncertainSeqs();
    uncertain.add([{ seq: 1 }, { seq: 2 }]);
    uncertain.settle([{ seq: 1 }]);
    expect([uncertain.take(1), uncertain.take(2)]).toEqual([false, true]);
  });

  it('stay bounded however long the database is away: the oldest go first', () => {
    const uncertain = new UncertainSeqs();
    for (let from = 0; from < 300_000; from += 1000) uncertain.add(Array.from({ length: 1000 }, (_, i) => ({ seq: from + i })));
    expect(uncertain.take(0)).toBe(false);
    expect(uncertain.take(99_999)).toBe(false);
    expect(uncertain.take(100_000)).toBe(true);
    expect(uncertain.take(299_999)).toBe(true);
  });
});
