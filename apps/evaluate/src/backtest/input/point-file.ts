import { parseDocument } from 'yaml';
import { z } from 'zod';
import { HazardPoint } from '#libs/contracts';

const factors: Record<string, number> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1 h`, or a number of seconds as the registry keeps it. → ms */
const Interval = z.union([z.number().positive(), z.string()]).transform((given, context): number => {
  if (typeof given === 'number') return given * 1000;
  const match = /^(\d+(?:\.\d+)?)\s*(s|min|h|d)$/.exec(given.trim());
  const ms = Number(match?.[1]) * (factors[match?.[2] ?? ''] ?? Number.NaN);
  if (ms > 0) return ms;
  context.addIssue({ code: 'custom', message: `"${given}": expected an interval such as "10 min", or seconds` });
  return z.NEVER;
});

/**
 * What is known of the point a history is from: the fields of a hazard point that judging uses, as they stand in its record, and what
 * the registry would know of its devices.
 */
const PointText = HazardPoint.omit({
  release: true,
  rulebook: true,
  drill: true,
  closed: true,
  version: true,
  createdAt: true,
  updatedAt: true,
})
  .partial()
  .extend({
    unifiedCode: HazardPoint.shape.unifiedCode.default('BACKTEST'),
    thresholds: HazardPoint.shape.thresholds,
    /** Upload interval by device. */
    intervals: z.record(z.string(), Interval).default({}),
    /** Which channels belong to which device, where the data have no device column; `*` is any text. */
    devices: z.record(z.string().regex(/^[\w-]{1,64}$/), z.array(z.string())).default({}),
  })
  .strict();
export type PointFile = z.infer<typeof PointText>;

/** A point nobody described. */
export const anyPoint: PointFile = PointText.parse({});

/** @param text YAML @param file name used in faults @throws Error naming every fault by its place in the file */
export function parsePointFile(text: string, file: string): PointFile {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(document.errors.map((error) => `${file}: ${error.message}`).join('\n'));
  const parsed = PointText.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${file}: ${issue.path.map(String).join('.')}: ${issue.message}`).join('\n'));
}

/** Device of the channels nobody gave to one. */
const onlyDevice = 'D1';

export function deviceOf(point: PointFile, channel: string): string {
  const owner = Object.entries(point.devices).find(([, patterns]) => patterns.some((pattern) => matches(pattern, channel)));
  if (owner) return owner[0];
  const named = Object.keys(point.intervals);
  return named.length === 1 && Object.keys(point.devices).length === 0 ? (named[0] ?? onlyDevice) : onlyDevice;
}

function matches(pattern: string, channel: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (!channel.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of others.entries()) {
    const found = index === others.length - 1 && part !== '' ? channel.lastIndexOf(part) : channel.indexOf(part, at);
    if (found < at) return false;
    at = index === others.length - 1 && part === '' ? channel.length : found + part.length;
  }
  return at === channel.length;
}

/** ms; undefined when nobody gave one. */
export const intervalOf = (point: PointFile, deviceId: string): number | undefined => point.intervals[deviceId];
