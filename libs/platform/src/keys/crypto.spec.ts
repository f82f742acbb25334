import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DataKey, hashId, sameHash } from './crypto.js';

const key = new DataKey('k'.repeat(43));

it('gives back exactly what was encrypted, and never the same bytes twice', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const sealed = key.encrypt(text, 'command.household_card.phone');
      expect(key.decrypt(sealed, 'command.household_card.phone')).toBe(text);
      expect(key.encrypt(text, 'command.household_card.phone')).not.toBe(sealed);
    }),
  );
});

it('does not open a value in another column, with another key, or when it was touched', () => {
  const sealed = key.encrypt('13900000011', 'a.b');
  expect(() => key.decrypt(sealed, 'a.c')).toThrow();
  expect(() => new DataKey('x'.repeat(43)).decrypt(sealed, 'a.b')).toThrow();
  const bytes = Buffer.from(sealed, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(() => key.decrypt(bytes.toString('base64'), 'a.b')).toThrow();
});

it('hashes of one purpose say nothing about another', () => {
  const hashes = [key.lookupHash('x'), key.deviceSecretHash('x'), key.tokenHash('x')];
  expect(new Set(hashes).size).toBe(3);
  expect(sameHash(key.lookupHash('x'), key.lookupHash('x'))).toBe(true);
  expect(sameHash(key.lookupHash('x'), key.lookupHash('y'))).toBe(false);
});

it('ids do not run into one another across their parts', () => {
  expect(hashId(24, 'ab', 'c')).not.toBe(hashId(24, 'a', 'bc'));
  expect(hashId(24, 'ab', 'c')).toBe(hashId(24, 'ab', 'c'));
});

it('the secret of an address for pushes is stable, its own for each driver and round, and no guess', () => {
  const tokens = [
    key.hookToken('alicloud', 0),
    key.hookToken('twilio', 0),
    key.hookToken('alicloud', 1),
    new DataKey('y'.repeat(43)).hookToken('alicloud', 0),
  ];
  expect(new Set(tokens).size).toBe(4);
  expect(tokens[0]).toBe(key.hookToken('alicloud', 0));
  for (const one of tokens) expect(one).toMatch(/^[\w-]{32}$/);
});
