import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { InOrder } from './in-order.js';

it('releases in the order of arrival, each as soon as all before it are settled', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }).chain((size) => fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size })),
      (settled) => {
        const order = new InOrder();
        const released: number[] = [];
        const settle = settled.map((_, index) => order.place(() => released.push(index)));
        const done = new Set<number>();
        for (const index of settled) {
          settle[index]?.();
          done.add(index);
          const expected = [...settled.keys()].findIndex((each) => !done.has(each));
          expect(released).toEqual([...settled.keys()].slice(0, expected < 0 ? settled.length : expected));
        }
        expect(order.size).toBe(0);
      },
    ),
  ));
