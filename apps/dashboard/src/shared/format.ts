/** Civil time of the counties this serves. Every time on screen is this one, also on a computer set to another zone. */
export const zone = 'Asia/Shanghai';

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: zone,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function fields(ms: number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]));
}

/** `2012-05-15 06:03:20`. `—` for no time. */
export function dateTime(at: number | string | null | undefined): string {
  const ms = toMs(at);
  if (ms === null) return '—';
  const f = fields(ms);
  return `${f['year']}-${f['month']}-${f['day']} ${f['hour']}:${f['minute']}:${f['second']}`;
}

/** `06:03:20`. */
export function clockTime(at: number | string | null | undefined): string {
  return dateTime(at).slice(-8);
}

/** `06:03:20` if it is the same civil day as `now`, else `05-15 06:03`. For lists. */
export function shortTime(at: number | string | null | undefined, now: number): string {
  const text = dateTime(at);
  if (text === '—') return text;
  return text.slice(0, 10) === dateTime(now).slice(0, 10) ? text.slice(11) : text.slice(5, 16);
}

/** The time as epoch milliseconds; null if there is none or it can't be read. */
export function toMs(at: number | string | null | undefined): number | null {
  const ms = typeof at === 'string' ? Date.parse(at) : (at ?? NaN);
  return Number.isFinite(ms) ? ms : null;
}

export interface Age {
  unit: 'second' | 'minute' | 'hour' | 'day';
  count: number;
}

/** How long ago, in the coarsest unit that still says enough: 95 s → 95 seconds, 3 min → 3 minutes. Negative ages are 0. */
export function age(ms: number): Age {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return { unit: 'second', count: seconds };
  if (seconds < 7200) return { unit: 'minute', count: Math.floor(seconds / 60) };
  if (seconds < 172_800) return { unit: 'hour', count: Math.floor(seconds / 3600) };
  return { unit: 'day', count: Math.floor(seconds / 86_400) };
}

/**
 * A measured value for reading at a glance: 4 significant digits, no exponent for what instruments send, `—` for none.
 * The full double stays in the title of the cell and in exports.
 */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return String(value === 0 ? 0 : value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(2);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? '0' : text;
}

/** A threshold as people wrote it: `0.8`, not `0.800`. */
export function limit(value: number): string {
  const text = number(value);
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}
