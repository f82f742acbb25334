import type { TimelineEntry, WarningLevel, WarningView } from '#libs/contracts';
import { hour, iso, minute } from './clock.js';
import { points } from './county.js';
import { indicators } from './curves.js';

const release = (state: WarningView['release']['public'], level: WarningLevel | null, version = 0): WarningView['releases']['public'] => ({
  state,
  level,
  version,
  publishedAt: version > 0 ? iso(3 * minute) : null,
  ratified: true,
  dueAt: null,
});
export function warning(id: string, code: string, level: WarningLevel, over: Partial<WarningView> = {}): WarningView {
  const place = points.find((one) => one.unifiedCode === code)!;
  const published = level === 'red' ? 1 : 0;
  const releases = {
    internal: release('published', level, 1),
    public: release(published ? 'published' : 'none', published ? level : null, published),
  };
  return {
    id,
    hazardPoint: code,
    divisionCode: place.divisionCode,
    pointName: place.name,
    level,
    peak: level,
    active: true,
    state: 'confirmed',
    exercise: place.drill !== undefined,
    openedAt: iso(9 * minute),
    eventOpenedAt: place.drill ? '2012-05-13T14:10:00.000Z' : iso(9 * minute),
    expiresAt: iso(-24 * hour),
    acknowledged: false,
    rule: { id: place.rulebook, version: '3f9c2ab017de' },
    reasons: [
      {
        code: 'change-over-threshold',
        value: 22.4,
        threshold: 20,
        unit: 'mm',
        text: {
          zh: '裂缝 LF-2203 一小时变化 22.4 mm，超过橙色阈值 20 mm',
          en: 'Crack LF-2203 changed 22.4 mm in an hour, above the orange threshold of 20 mm',
        },
      },
    ],
    evidence: indicators(code, 0.9),
    releases,
    release: { internal: releases.internal.state, public: releases.public.state },
    legal: [],
    timeline: [],
    version: 1,
    updatedAt: iso(),
    ...over,
  };
}
export function entry(id: string, msAgo: number, level: WarningLevel, over: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    id,
    at: iso(msAgo),
    eventAt: iso(msAgo),
    kind: 'level',
    level,
    state: 'confirmed',
    actor: 'system',
    rule: { id: 'landslide', version: '3f9c2ab017de' },
    reasons: [
      {
        code: 'level',
        text: { zh: '位移速率 63.1 mm/d，超过阈值 50 mm/d，连续两次', en: 'Velocity 63.1 mm/d, above 50 mm/d, twice in a row' },
      },
    ],
    evidence: indicators('5132210100012', 0.8),
    ...over,
  };
}
