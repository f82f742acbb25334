import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleList } from './sample-list.js';

/** Whatever is done to it, by the plain list it stands for. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), value: fc.integer() }),
  fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), value: fc.integer() }),
  fc.record({ kind: fc.constant('drop' as const), count: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constant('truncate' as const), count: fc.nat({ max: 40 }) }),
);

describe('a list of samples', () => {
  it('holds what a plain list would, through growing, dropping and late samples', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const list = new SampleList();
        let plain: [number, number][] = [];
        let clock = 0;
        for (const one of steps) {
          clock += 10;
          if (one.kind === 'push') {
            list.push(clock, one.value);
            plain.push([clock, one.value]);
          } else if (one.kind === 'insert') {
            const at = one.at % (plain.length + 1);
            const time = ((plain[at - 1]?.[0] ?? 0) + (plain[at]?.[0] ?? clock)) / 2;
            list.insert(at, time, one.value);
            plain.splice(at, 0, [time, one.value]);
          } else if (one.kind === 'replace' && plain.length > 0) {
            const at = one.at % plain.length;
            list.replace(at, plain[at]?.[0] ?? 0, one.value);
            plain[at] = [plain[at]?.[0] ?? 0, one.value];
          } else if (one.kind === 'drop') {
            const count = Math.min(one.count, plain.length);
            list.dropFirst(count);
            plain = plain.slice(count);
          } else if (one.kind === 'truncate') {
            list.truncate(one.count);
            plain = plain.slice(0, one.count);
          }
          expect(Array.from({ length: list.length }, (_, i) => [list.time(i), list.value(i)])).toEqual(plain);
          expect([list.time(list.length), list.value(list.length)]).toEqual([Number.NaN, Number.NaN]);
        }
        for (const time of [0, 5, clock / 2, clock, clock + 1]) {
          const found = plain.findIndex(([at]) => at >= time);
          expect(list.firstFrom(time)).toBe(found < 0 ? plain.length : found);
        }
      }),
    ));

  it('shares no block with a list that has given it back', () => {
    const first = new SampleList();
    for (let time = 0; time < 200; time += 1) first.push(time, 1);
    first.dropFirst(130);
    first.truncate(5);
    const second = new SampleList();
    for (let time = 0; time < 300; time += 1) second.push(time, 2);
    for (let time = 200; time < 400; time += 1) first.push(time, 1);
    const values = (list: SampleList): number[] => Array.from({ length: list.length }, (_, at) => list.value(at));
    expect([new Set(values(first)), new Set(values(second))]).toEqual([new Set([1]), new Set([2])]);
    expect([first.length, first.time(0), first.time(5), second.time(299)]).toEqual([205, 130, 200, 299]);
  });
});
