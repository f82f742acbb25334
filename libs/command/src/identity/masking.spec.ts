import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAddress, maskName, maskPhone } from './masking.js';

describe('masking', () => {
  it.each([
    ['张三', '张*'],
    ['欧阳修文', '欧***'],
    ['张', '张*'],
  ])('name %s → %s', (name, shown) => expect(maskName(name)).toBe(shown));
  it.each([
    ['13900000011', '139****0011'],
    ['+8613900000011', '+86****0011'],
    ['110', '****10'],
  ])('phone %s → %s', (phone, shown) => expect(maskPhone(phone)).toBe(shown));
  it.each([
    ['望山镇青山村三组12号', '望山镇***'],
    ['青山村三组12号', '青山村***'],
    ['解放路12号', '解放路***'],
  ])('address %s → %s', (address, shown) => expect(maskAddress(address)).toBe(shown));

  it('never shows a whole phone', () => {
    fc.assert(fc.property(fc.stringMatching(/^1[3-9]\d{9}$/), (phone) => !maskPhone(phone).includes(phone)));
  });
});
