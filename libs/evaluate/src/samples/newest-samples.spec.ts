import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { keptOf, takeUp } from '../keep/kept-bytes.js';
import { NewestSamples } from './newest-samples.js';

const most = 5;
const listOf = ({ times, values, from, end }: NewestSamples): [number, number][] =>
  Array.from({ length: end - from }, (_, at): [number, number] => [times[from + at] ?? Number.NaN, values[from + at] ?? Number.NaN]);

it('are the last of a plain list, whatever comes late, and go on where they were kept', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.integer())), (steps) => {
      let samples = new NewestSamples(most);
      let plain: [number, number][] = [];
      for (const [[isLate, where, value], nth] of steps.map((step, at) => [step, at] as const)) {
        // The oldest of a full list must go, so nothing is put before it.
        const first = plain.length === most ? 1 : 0;
        const place = isLate && plain.length > first ? first + (where % (plain.length - first)) : plain.length;
        if (place < plain.length) samples.insert(samples.from + place, nth, value);
        else samples.push(nth, value);
        plain = plain.toSpliced(place, 0, [nth, value]).slice(-most);
        expect(listOf(samples)).toEqual(plain);
        if (where % 7 !== 0) continue;
        const again = new NewestSamples(most);
        expect(takeUp(again, keptOf(samples))).toBe(true);
        samples = again;
      }
    }),
  );
});

it('of a longer list are not taken up', () => {
  const longer = new NewestSamples(most + 1);
  for (let at = 0; at <= most; at += 1) longer.push(at, at);
  expect(takeUp(new NewestSamples(most), keptOf(longer))).toBe(false);
});
