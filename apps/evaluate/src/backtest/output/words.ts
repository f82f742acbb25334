import { civilText, DAY, HOUR, MINUTE } from '#libs/contracts';
import type { Share } from '#libs/evaluate';

/** `2012-05-11 03:00` in Asia/Shanghai. */
export const civil = (ms: number): string => civilText(ms).slice(0, 16);

/** `3 d 4 h`, `25 min`, `40 s`: two parts at most, rounded down. */
export function duration(ms: number): string {
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  if (size >= DAY) return sign + parts(size, DAY, 'd', HOUR, 'h');
  if (size >= HOUR) return sign + parts(size, HOUR, 'h', MINUTE, 'min');
  if (size >= MINUTE) return sign + parts(size, MINUTE, 'min', 1000, 's');
  return `${sign}${Math.round(size / 1000)} s`;
}

function parts(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${Math.floor(ms / big)} ${bigName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** Three significant digits, never in powers of ten. */
export const number = (value: number): string =>
  value === 0 ? '0' : Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

/** `0.83 [0.44, 0.97]`; – where nothing was counted. */
export function share({ value, low, high }: Share): string {
  if (value === null) return '–';
  const shown = (part: number | null): string => (part === null ? '–' : Math.abs(part) >= 10 ? part.toFixed(1) : part.toFixed(2));
  return `${shown(value)} [${shown(low)}, ${shown(high)}]`;
}
