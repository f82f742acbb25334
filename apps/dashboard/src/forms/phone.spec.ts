import { Phone } from '#libs/contracts';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { phonePattern } from './phone.js';

it('a form takes the numbers the station takes, and no others', () => {
  // As a browser reads the pattern of an input.
  const taken = new RegExp(`^(?:${phonePattern})$`, 'v');
  const alike = fc.stringMatching(/^\+?\d{0,5}-?\d{0,16}$/);
  const numbers = fc.constantFrom('13900000001', '+8613900000001', '028-61234567', '0837-6123456', '110', '139-0000-0001', '138****0001');
  fc.assert(
    fc.property(fc.oneof(alike, numbers, fc.string()), (text) => {
      expect(taken.test(text)).toBe(Phone.safeParse(text).success);
    }),
  );
});
