import { describe, expect, it } from 'vitest';
import type { PointCards } from '../identity/masking.js';
import { recipientNames } from './recipients.js';

const cards = {
  workCards: [
    {
      id: 'w1',
      monitor: { name: '李明', phone: '13900000001' },
      responsible: { name: '王建国', phone: '13900000002' },
      evacuationOrderedBy: { name: '周乡长', phone: '13900000004' },
      chain: [{ name: '钱支书', phone: '13900000005', post: 'village' }],
    },
  ],
  householdCards: [{ id: 'h1', householder: '张三' }],
} as unknown as PointCards;
const nameOf = recipientNames(cards, [{ name: '赵六', phone: '+86 139-0000-0003' }]);

describe('recipient of a delivery', () => {
  it.each([
    ['household:h1:householder', '', '张三'],
    ['work:w1:monitor', '', '李明'],
    ['work:w1:responsible', '', '王建国'],
    ['work:w1:ordered-by', '', '周乡长'],
    ['work:w1:chain-3', '13900000005', '钱支书'],
    ['duty:7', '13900000003', '赵六'],
  ])('%s → %s', (recipient, address, name) => expect(nameOf({ recipient, address })).toBe(name));

  it('keeps the reference of someone who is no longer there, and names nobody in their stead', () => {
    expect(nameOf({ recipient: 'household:gone:householder', address: '' })).toBe('household:gone:householder');
    expect(nameOf({ recipient: 'duty:0', address: '13900000009' })).toBe('duty:0');
    expect(nameOf({ recipient: 'work:w1:chain-0', address: '13900000009' })).toBe('work:w1:chain-0');
  });
});
