import { describe, expect, it } from 'vitest';
import { DataKey } from '#libs/platform';
import { openCard, sealCard } from './card-seal.js';

const key = new DataKey('k'.repeat(32));
const household = {
  hazardPoint: '513221010001',
  householder: '石老汉',
  phone: '+86 139-0000-0001',
  address: '石碑村3组12号',
  memberCount: 2,
  evacuationRoute: '沿村道向东',
  shelter: '村小学',
  members: [{ name: '石小妹', phone: '13900000002' }],
  notes: '隔壁王某电话13900000003',
};

describe('sealCard', () => {
  it('leaves no name, number, address or remark in the open', () => {
    const sealed = JSON.stringify(sealCard(key, 'household', household));
    for (const secret of ['石老汉', '石小妹', '1390000', '139-0000', '12号', '王某']) expect(sealed).not.toContain(secret);
    expect(sealed).toContain('村小学');
  });

  it('opens to what was sealed', () => {
    expect(openCard(key, 'household', sealCard(key, 'household', household))).toEqual(household);
  });

  it('hashes every number in its one spelling', () => {
    expect(sealCard(key, 'household', household).phoneHashes).toEqual([key.lookupHash('13900000001'), key.lookupHash('13900000002')]);
  });

  it('does not open as a card of the other kind', () => {
    expect(() => openCard(key, 'work', sealCard(key, 'household', household))).toThrow();
  });
});
