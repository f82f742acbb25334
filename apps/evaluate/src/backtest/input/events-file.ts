import { readFileSync } from 'node:fs';
import { fromIso, IsoTime } from '#libs/contracts';
import type { KnownEvent } from '#libs/evaluate';

/** A known event of a point; without a point it belongs to every one that is judged. */
export interface PointEvent extends KnownEvent {
  point?: string;
}

const outcomes: Record<string, KnownEvent['outcome']> = { '': 'event', event: 'event', unknown: 'unknown' };

/** A time given by a person: ISO 8601 with offset, or epoch ms. @throws Error naming it */
export function timeGiven(text: string, what: string): number {
  const time = /^-?\d+$/.test(text) ? Number(text) : IsoTime.safeParse(text).success ? fromIso(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new Error(`${what} "${text}": expected a time with its offset such as 2026-07-01T06:00:00+08:00, or epoch milliseconds`);
  return time;
}

/**
 * Reads `time[,outcome][,point][,note]`: outcome `event` (default) or `unknown`, point a unified code. Few lines, all of which must be right: an
 * event that is left out makes a score better than it is.
 * @throws Error naming the line
 */
export function parseEvents(text: string, file: string): PointEvent[] {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const place = (name: string): number => names.indexOf(name);
  if (place('time') < 0) throw new Error(`${file}: line 1: expected a header "time[,outcome][,point][,note]"`);
  return lines.flatMap((line, index): PointEvent[] => {
    if (line.trim() === '') return [];
    const fields = line.split(',').map((field) => field.trim());
    const of = (name: string): string => fields[place(name)] ?? '';
    const where = `${file}: line ${index + 2}:`;
    const outcome = outcomes[of('outcome').toLowerCase()];
    if (!outcome) throw new Error(`${where} outcome "${of('outcome')}": expected event or unknown`);
    return [
      {
        at: timeGiven(of('time'), `${where} time`),
        outcome,
        ...(of('point') === '' ? {} : { point: of('point') }),
        ...(of('note') === '' ? {} : { note: of('note') }),
      },
    ];
  });
}

export const readEvents = (file: string): PointEvent[] => parseEvents(readFileSync(file, 'utf8'), file);
