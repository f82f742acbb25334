import { describe, expect, it } from 'vitest';
import { RegistryIndex } from '#libs/command';
import { Settings, toIso, type AreaEvent, type User } from '#libs/contracts';
import { pointOf, T0, warningOf } from '../../../libs/alert/src/fakes/fixtures.js';
import { viewOf } from './context.js';

const near = pointOf();
const far = pointOf({ unifiedCode: '513221020001', divisionCode: '513221002' });
const registry = new RegistryIndex();
for (const point of [near, far]) registry.putPoint(point);
const user = (scope: string): User => ({ id: 'u', username: 'u', displayName: 'u', roles: ['duty'], scope, createdAt: toIso(T0) });

describe('the answer about a warning', () => {
  const surroundings = {
    registry,
    settings: () => Settings.parse({}),
    clock: { now: () => T0 },
    areaEvent: (_: unknown, visible: (code: string) => boolean): AreaEvent => ({
      id: 'flood:513221',
      since: toIso(T0),
      warnings: [near, far].filter(({ unifiedCode }) => visible(unifiedCode)).map(({ unifiedCode }) => `of ${unifiedCode}`),
    }),
  };

  it('names what belongs together, as far as the asking user may see it, and in events nothing', () => {
    const record = warningOf();
    expect(viewOf(record, [], user('513221'), surroundings).areaEvent?.warnings).toEqual(['of 513221010001', 'of 513221020001']);
    expect(viewOf(record, [], user('513221002'), surroundings).areaEvent?.warnings).toEqual(['of 513221020001']);
    expect(viewOf(record, [], undefined, surroundings).areaEvent).toBeUndefined();
    expect(viewOf(record, [], user('513221'), { ...surroundings, areaEvent: () => undefined })).not.toHaveProperty('areaEvent');
  });
});
