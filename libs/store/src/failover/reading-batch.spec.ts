import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { QualityFlag, StoredReading } from '#libs/contracts';
import { packBatch, unpackBatch } from './reading-batch.js';

const reading: fc.Arbitrary<StoredReading> = fc.record({
  deviceId: fc.string({ unit: 'binary' }),
  hazardPoint: fc.string(),
  channel: fc.string({ unit: 'binary' }),
  time: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  value: fc.double(),
  quality: fc.subarray<QualityFlag>(['late', 'clock', 'spike', 'stuck']),
  receivedAt: fc.integer({ min: 0, max: 8.64e15 }),
  seq: fc.maxSafeNat(),
});

it('gives back every batch as it was, poison included', () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 30 }), (readings) => {
      const quarantine = [
        {
          id: 'q',
          deviceId: 'd\u0000',
          topic: 't',
          reason: 'unreadable-frame' as const,
          detail: '',
          payload: new Uint8Array([0, 255]),
          receivedAt: 1,
        },
      ];
      const back = unpackBatch(packBatch({ readings, quarantine }));
      expect(back.readings).toEqual(readings);
      expect(Buffer.from(back.quarantine[0]!.payload)).toEqual(Buffer.from([0, 255]));
    }),
  );
});
