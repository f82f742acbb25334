import { z } from 'zod';
import { WarningLevel } from '#libs/contracts';

/**
 * A condition as a geologist writes it. `tangent` means "the indicator tangent has reached its threshold of the level
 * this condition belongs to"; `tangent at orange` names another level's threshold.
 */
export type Condition =
  | { kind: 'reached'; indicator: string; at: WarningLevel | undefined }
  | { kind: 'all' | 'any'; of: Condition[] }
  | { kind: 'n-of'; atLeast: number; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'same-instrument'; of: Condition };

const Reached = z.string().transform((text, context): Condition => {
  const match = /^([a-z][a-z0-9-]*)(?:\s+at\s+(\w+))?$/.exec(text.trim());
  const at = match?.[2] === undefined ? undefined : WarningLevel.safeParse(match[2]);
  if (match?.[1] && (at === undefined || at.success)) return { kind: 'reached', indicator: match[1], at: at?.data };
  context.addIssue({
    code: 'custom',
    message: `"${text}"：应为指标名 / expected an indicator, or "<indicator> at blue|yellow|orange|red"`,
  });
  return z.NEVER;
});

const list = () => z.array(z.lazy(() => ConditionText)).min(1);

export const ConditionText: z.ZodType<Condition> = z.union(
  [
    Reached,
    z.strictObject({ all: list() }).transform((c): Condition => ({ kind: 'all', of: c.all })),
    z.strictObject({ any: list() }).transform((c): Condition => ({ kind: 'any', of: c.any })),
    z
      .strictObject({ 'n-of': z.strictObject({ 'at-least': z.number().int().min(1), of: list() }) })
      .transform((c): Condition => ({ kind: 'n-of', atLeast: c['n-of']['at-least'], of: c['n-of'].of })),
    z.strictObject({ not: z.lazy(() => ConditionText) }).transform((c): Condition => ({ kind: 'not', of: c.not })),
    z
      .strictObject({ 'same-instrument': z.lazy(() => ConditionText) })
      .transform((c): Condition => ({ kind: 'same-instrument', of: c['same-instrument'] })),
  ],
  { error: '应为指标名，或下列之一 / expected an indicator, or one of all, any, n-of, not, same-instrument' },
);

/** The condition and everything inside it. */
export function conditionsIn(condition: Condition): Condition[] {
  if (condition.kind === 'reached') return [condition];
  const parts = Array.isArray(condition.of) ? condition.of : [condition.of];
  return [condition, ...parts.flatMap(conditionsIn)];
}

/** Every threshold a condition of `level` speaks of. */
export function reachesOf(condition: Condition, level: WarningLevel): { indicator: string; at: WarningLevel }[] {
  return conditionsIn(condition).flatMap((part) => (part.kind === 'reached' ? [{ indicator: part.indicator, at: part.at ?? level }] : []));
}
