import { describe, expect, it } from 'vitest';
import { cardState, staleFields } from './card-state.js';

const issue = { version: 2, on: '2026-05-01', by: 'keeper' };

describe('state of a card', () => {
  it.each([
    ['draft', {}],
    ['issued', { issue }],
    ['issued', { issue, signedOn: '2026-04-30' }],
    ['signed', { issue, signedOn: '2026-05-01' }],
    ['stale', { issue, signedOn: '2026-05-01', stale: ['phone'] }],
    ['expired', { issue: { ...issue, on: '2024-11-20' }, signedOn: '2024-11-20' }],
    ['signed', { issue: { ...issue, on: '2024-11-22' }, signedOn: '2024-11-22' }],
    ['withdrawn', { issue, stale: ['phone'], withdrawn: { on: '2026-06-01', by: 'keeper', reason: '搬迁' } }],
  ])('is %s: %j', (state, life) => {
    expect(cardState(life, '2026-11-21')).toBe(state);
  });
});

describe('what makes a card stale', () => {
  const handedOut = { phone: '13900000001', evacuationRoute: '2号路线', notes: '靠里屋睡', monitor: { name: '王', phone: '1' } };

  it('is what people act on, in the order of the form', () => {
    expect(staleFields('household', handedOut, { ...handedOut, evacuationRoute: '3号路线', phone: '13900000002' })).toEqual([
      'phone',
      'evacuationRoute',
    ]);
    expect(staleFields('household', handedOut, { ...handedOut, monitor: { name: '李', phone: '2' } })).toEqual(['monitor']);
  });

  it('is neither a remark nor the order in which a contact was written', () => {
    expect(staleFields('household', handedOut, { ...handedOut, notes: '已搬到外屋', monitor: { phone: '1', name: '王' } })).toEqual([]);
    expect(staleFields('work', { rescue: { unit: '民兵连', phone: undefined } }, { rescue: { unit: '民兵连' } })).toEqual([]);
  });
});
