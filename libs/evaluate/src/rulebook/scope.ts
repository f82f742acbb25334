import { insideDivision, type HazardPoint } from '#libs/contracts';
import type { Rulebook } from './rulebook.js';

/** What a rulebook's scope asks of a point. `profiles`: of its instruments, where some are registered already. */
export type ScopedPoint = Pick<HazardPoint, 'unifiedCode' | 'kind' | 'divisionCode' | 'material'> & { profiles?: readonly string[] };

export interface ScopeFault {
  code: 'scope-kind' | 'scope-division' | 'scope-material' | 'scope-profile' | 'scope-point';
  text: { zh: string; en: string };
}

/**
 * Why a rulebook must not judge a point, or undefined when it may. Asked when a rulebook is given to a point, and when either is loaded:
 * thresholds of a tailings dam on a rock face would be quiet until it is too late.
 */
export function scopeFault({ id, scope }: Pick<Rulebook, 'id' | 'scope'>, point: ScopedPoint): ScopeFault | undefined {
  const { kinds, divisions, materials, profiles, points } = scope;
  const fault = (code: ScopeFault['code'], zh: string, en: string): ScopeFault => ({
    code,
    text: {
      zh: `规则集 ${id} 不适用于隐患点 ${point.unifiedCode}：${zh}`,
      en: `Rulebook ${id} is not for hazard point ${point.unifiedCode}: ${en}`,
    },
  });
  if (!kinds.includes(point.kind))
    return fault('scope-kind', `类型 ${point.kind} 不在 ${kinds.join('、')} 之中`, `its kind ${point.kind} is none of ${kinds.join(', ')}`);
  if (divisions && !divisions.some((area) => insideDivision(point.divisionCode, area)))
    return fault(
      'scope-division',
      `行政区划 ${point.divisionCode} 不在 ${divisions.join('、')} 之内`,
      `its division ${point.divisionCode} lies in none of ${divisions.join(', ')}`,
    );
  // What is not known of a point excludes nothing: an unnamed material, instruments not registered yet.
  if (materials && point.material !== undefined && !materials.includes(point.material))
    return fault(
      'scope-material',
      `岩土类型 ${point.material} 不在 ${materials.join('、')} 之中`,
      `its material ${point.material} is none of ${materials.join(', ')}`,
    );
  if (points && !points.includes(point.unifiedCode))
    return fault('scope-point', '规则集只供指定的隐患点使用', 'it is only for the points it names');
  const installed = point.profiles ?? [];
  if (profiles && installed.length > 0 && !profiles.some((profile) => installed.includes(profile)))
    return fault('scope-profile', `没有 ${profiles.join('、')} 类仪器`, `it has no instrument of ${profiles.join(', ')}`);
  return undefined;
}
