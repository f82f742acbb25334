import { warningActions } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { actionsOf } from './legal.js';

describe('actions', () => {
  it('offers every legal action once, whatever its scopes', () => {
    const legal = [
      { action: 'close' as const },
      { action: 'publish' as const, scope: 'public' as const },
      { action: 'publish' as const, scope: 'internal' as const },
    ];
    expect(actionsOf({ legal })).toEqual(['publish', 'close']);
  });

  it('has a place for every action there is, and offers nothing that is not legal', () => {
    expect([...actionsOf({ legal: warningActions.map((action) => ({ action })) })].toSorted()).toEqual([...warningActions].toSorted());
    expect(actionsOf({ legal: [] })).toEqual([]);
  });
});
