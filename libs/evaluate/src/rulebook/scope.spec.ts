import { describe, expect, it } from 'vitest';
import type { RulebookScope } from './rulebook.js';
import { scopeFault, type ScopedPoint } from './scope.js';

const point: ScopedPoint = { unifiedCode: '5132210100001', kind: 'landslide', divisionCode: '513221', material: 'rock' };
const fault = (scope: Partial<RulebookScope>, more: Partial<ScopedPoint> = {}) =>
  scopeFault({ id: 'book', scope: { kinds: ['landslide'], ...scope } }, { ...point, ...more });

describe('scopeFault', () => {
  it.each<[string, Partial<RulebookScope>, Partial<ScopedPoint>]>([
    ['its kind', {}, {}],
    ['a division by its beginning', { divisions: ['5132'] }, {}],
    ['its material', { materials: ['rock', 'mixed'] }, {}],
    ['a point whose material nobody named', { materials: ['soil'] }, { material: undefined }],
    ['an instrument of a profile', { profiles: ['gnss'] }, { profiles: ['crack-meter', 'gnss'] }],
    ['a point without instruments yet', { profiles: ['gnss'] }, { profiles: [] }],
    ['the point itself', { points: ['5132210100001'] }, {}],
  ])('lets %s pass', (_, scope, more) => {
    expect(fault(scope, more)).toBeUndefined();
  });

  it.each<[string, Partial<RulebookScope>, Partial<ScopedPoint>]>([
    ['scope-kind', {}, { kind: 'tailings-pond' }],
    ['scope-division', { divisions: ['5133', '50'] }, {}],
    ['scope-material', { materials: ['soil'] }, {}],
    ['scope-profile', { profiles: ['gnss'] }, { profiles: ['rain-gauge'] }],
    ['scope-point', { points: ['5132210100002'] }, {}],
  ])('refuses by %s, and says which rulebook and which point', (code, scope, more) => {
    const refused = fault(scope, more);
    expect(refused?.code).toBe(code);
    expect(refused?.text.en).toContain('Rulebook book is not for hazard point 5132210100001: ');
    expect(refused?.text.zh).toContain('规则集 book 不适用于隐患点 5132210100001：');
  });
});
