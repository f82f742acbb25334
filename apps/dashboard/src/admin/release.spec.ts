import { ReleasePolicy } from '#libs/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceOf, policyOf } from './release.js';

describe('release policy in a form', () => {
  it('comes back as it was', () => {
    const policy = fc.oneof(
      fc.constantFrom('manual', 'immediate'),
      fc.integer({ min: 0, max: 999_999 }).map((n) => `auto-after:${n}`),
    );
    fc.assert(
      fc.property(policy, (text) => {
        expect(policyOf(choiceOf(text))).toBe(text);
      }),
    );
  });

  it('never leaves the form as something the station refuses', () => {
    const kind = fc.constantFrom('manual' as const, 'auto' as const, 'immediate' as const);
    fc.assert(
      fc.property(kind, fc.double(), (one, seconds) => {
        expect(ReleasePolicy.safeParse(policyOf({ kind: one, seconds })).success).toBe(true);
      }),
    );
  });
});
