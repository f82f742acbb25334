import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND, units, type Unit } from '#libs/contracts';

/** A number is never written without its unit: `10` mm/d and `10` mm/h differ by a factor of 24 and by who is evacuated. */
export interface Quantity {
  value: number;
  unit: Unit;
}

const numberThenUnit = /^(-?\d+(?:\.\d+)?)\s*(\S+)$/;
const durations: Record<string, number> = { s: SECOND, min: MINUTE, h: HOUR, d: DAY };

/** `15 mm/d`. The unit is one of the closed list in libs/contracts/src/device/unit.ts. */
export const QuantityText = z
  .string({ error: '写数字和单位，如 "15 mm/d" / write a number and its unit, for example "15 mm/d"' })
  .transform((text, context): Quantity => {
    const match = numberThenUnit.exec(text.trim());
    const unit = units.find((known) => known === match?.[2]);
    if (match && unit) return { value: Number(match[1]), unit };
    context.addIssue({
      code: 'custom',
      message: `"${text}"：应为数字加单位 / expected a number and a unit of ${units.join(', ')}, for example "15 mm/d"`,
    });
    return z.NEVER;
  });

/** A limit in the indicator's own unit, or a multiple of the point's slope height H (GB 51214 §12.3.3: `0.003 H`). */
export type Threshold = Quantity | { value: number; unit: 'H' };

/** `15 mm/d` or `0.003 H`. */
export const ThresholdText = z
  .string({
    error:
      '写数字和单位，如 "15 mm/d"，或坡高倍数 "0.003 H" / write a number and its unit, for example "15 mm/d", or a multiple of the slope height, "0.003 H"',
  })
  .transform((text, context): Threshold => {
    const multiple = /^(\d+(?:\.\d+)?)\s*H$/.exec(text.trim());
    if (multiple) return { value: Number(multiple[1]), unit: 'H' };
    const quantity = QuantityText.safeParse(text);
    if (quantity.success) return quantity.data;
    for (const { message } of quantity.error.issues) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** `10 min` → milliseconds. Months and years are not durations: they have no fixed length. */
export const DurationText = z
  .string({ error: '写时长，如 "10 min" / write a duration, for example "10 min"' })
  .transform((text, context): number => {
    const match = numberThenUnit.exec(text.trim());
    const factor = match ? durations[match[2] ?? ''] : undefined;
    if (match && factor !== undefined && Number(match[1]) >= 0) return Number(match[1]) * factor;
    context.addIssue({ code: 'custom', message: `"${text}"：应为时长 / expected a duration in s, min, h or d, for example "10 min"` });
    return z.NEVER;
  });

/** A stretch of event time longer than nothing. */
export const StretchText = DurationText.refine((ms) => ms > 0, 'expected a duration longer than 0');

/** `80 %` → 0.8, between 0 and 1. */
export const PercentText = z
  .string({ error: '写百分数，如 "80 %" / write a percentage, for example "80 %"' })
  .transform((text, context): number => {
    const match = numberThenUnit.exec(text.trim());
    const ratio = match?.[2] === '%' ? Number(match[1]) / 100 : Number.NaN;
    if (ratio > 0 && ratio <= 1) return ratio;
    context.addIssue({
      code: 'custom',
      message: `"${text}"：应为百分数 / expected a percentage above 0 % and at most 100 %, for example "80 %"`,
    });
    return z.NEVER;
  });

/** `3 intervals` → 3 upload intervals of the device that is meant. */
export const IntervalsText = z
  .string({ error: '写上传间隔的个数，如 "3 intervals" / write a number of upload intervals, for example "3 intervals"' })
  .transform((text, context): number => {
    const match = /^(\d+(?:\.\d+)?)\s*intervals?$/.exec(text.trim());
    const count = match ? Number(match[1]) : 0;
    if (count >= 1) return count;
    context.addIssue({
      code: 'custom',
      message: `"${text}"：至少 1 个上传间隔 / expected at least 1 upload interval, for example "3 intervals"`,
    });
    return z.NEVER;
  });
