import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { raw } from './fakes/raw-client.js';
import { PacketSizeGuard } from './packet-size.js';

/** Cuts bytes into chunks as a network would. */
const chunks = (bytes: Buffer, cuts: number[]): Buffer[] => {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
};

it('passes packets up to the limit and stops longer ones, however they are cut', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 8 }), fc.array(fc.nat(5000)), (sizes, cuts) => {
      const packets = sizes.map((size) => raw.publish('$dp', Buffer.alloc(size, 0xff)));
      const limit = 400;
      const guard = new PacketSizeGuard(limit);
      const passed = chunks(Buffer.concat(packets), cuts).every((chunk) => guard.feed(chunk));
      // topic (2 + 3) and message id (2) count too
      expect(passed).toBe(sizes.every((size) => size + 7 <= limit));
    }),
  ));

it('stops at the announced length, before the bytes come', () => {
  expect(new PacketSizeGuard(1024).feed(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]))).toBe(false);
  expect(new PacketSizeGuard(2 ** 40).feed(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))).toBe(false);
});
