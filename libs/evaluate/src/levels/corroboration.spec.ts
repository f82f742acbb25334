import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { independentKinds, type Witness } from './corroboration.js';

const witness = (deviceId: string, ...kinds: string[]): Witness => ({ deviceId, kinds });

describe('independentKinds', () => {
  it('counts each kind on a device of its own', () => {
    expect(independentKinds([])).toBe(0);
    expect(independentKinds([witness('A', 'crack', 'gnss')])).toBe(1);
    expect(independentKinds([witness('A', 'crack'), witness('B', 'crack')])).toBe(1);
    expect(independentKinds([witness('A', 'crack', 'gnss'), witness('B', 'crack')])).toBe(2);
    expect(independentKinds([witness('A', 'crack', 'gnss'), witness('B', 'crack'), witness('C', 'crack')])).toBe(2);
  });

  it('finds the largest number there is (property, against trying every choice)', () => {
    const brute = ([first, ...rest]: readonly Witness[], used: readonly string[] = []): number =>
      first
        ? Math.max(brute(rest, used), ...first.kinds.filter((kind) => !used.includes(kind)).map((kind) => 1 + brute(rest, [...used, kind])))
        : 0;
    const kinds = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 5 }), (all) => {
        const witnesses = all.map((own, i) => witness(String(i), ...own));
        expect(independentKinds(witnesses)).toBe(brute(witnesses));
      }),
    );
  });
});
