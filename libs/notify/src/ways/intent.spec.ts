import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deliverOf, deliveryId, intentOf, type Telling } from './intent.js';

const now = Date.UTC(2026, 6, 1);
const hash = (...parts: readonly (string | number)[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
const telling: Telling = {
  warningId: 'w1',
  scope: 'public',
  version: 1,
  level: 'red',
  kind: 'warning',
  exercise: false,
  deliver: 'real',
  site: '513221010001',
};
const to = { recipient: 'household:1:householder', role: 'household', address: '13900000001' } as const;
const way = { channel: 'sms', step: 0, template: { code: 'T', params: {}, text: 'words', parts: 1 } } as const;
const made = (over: Partial<Telling & typeof to> = {}, other: Partial<{ channel: 'sms' | 'voice'; step: number }> = {}) =>
  intentOf({ ...telling, ...over }, { ...to, ...over }, { ...way, ...other }, now, hash);

describe('the name of a delivery', () => {
  it('is the same whenever it is made, and whatever it says', () => {
    const again = intentOf({ ...telling, level: 'blue' }, { ...to, address: '13900000002' }, way, now + 1, hash);
    expect([again.id, again.outId]).toEqual([made().id, made().id]);
    expect(deliveryId(telling, to.recipient, 'sms', 0, hash)).toBe(made().id);
  });

  it('is another for another warning, scope, version, recipient, channel or step', () => {
    const others = [
      made({ warningId: 'w2' }),
      made({ scope: 'internal' }),
      made({ version: 2 }),
      made({}, { channel: 'voice' }),
      made({}, { step: 1 }),
    ];
    const ids = [made(), ...others, intentOf(telling, { ...to, recipient: 'household:2:householder' }, way, now, hash)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(7);
  });

  it('fits what a voice provider takes', () => {
    expect(intentOf(telling, to, way, now, () => 'f'.repeat(64)).outId).toHaveLength(14);
  });
});

it('a delivery holds nothing of a person but name, role and number', () => {
  const person = { ...to, phone: '13900000001', route: 'up the hill' };
  expect(JSON.stringify(intentOf(telling, person, way, now, hash))).not.toContain('up the hill');
});

it('only an exercise goes elsewhere than to real numbers', () => {
  const ways = [true, false].flatMap((exercise) => (['real', 'simulator'] as const).map((deliver) => deliverOf({ exercise, deliver })));
  expect(ways).toEqual(['real', 'simulator', 'real', 'real']);
});
