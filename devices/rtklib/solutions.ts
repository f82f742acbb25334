import type { GnssLine, GnssSolution } from '../gnss/solution.js';
import { gpstToUtc, parseDeviceTime } from '../time.js';

/** Q of a .pos file. Not the quality indicator of GGA: there 4 is fixed and 5 is float. */
const qualities: Readonly<Record<string, GnssSolution['quality']>> = { '1': 'fixed', '2': 'float' };
/** 1980-01-06, from which GPS weeks are counted. */
const GPS_ZERO = Date.UTC(1980, 0, 6);
const WEEK_MS = 7 * 86_400_000;

/** What the lines of a .pos file hold, as its header says; without header what RTKLIB writes by default. */
interface Format {
  coordinates: 'llh' | 'enu' | undefined;
  gpst: boolean | undefined;
}

/**
 * Solutions of RTKLIB text: `lat lon height Q ns … age ratio` or `e n u Q ns … age ratio` behind a time, in GPS time unless
 * the header says UTC. Positions in degrees and about the base station have the same number of columns: without a header a line
 * is taken for degrees, and what is no degree lies too far from every baseline to become a reading.
 */
export function* readPos(text: string): Generator<GnssLine> {
  let format: Format = { coordinates: 'llh', gpst: true };
  for (const raw of text.split(/[\r\n]+/)) {
    const line = raw.trim();
    if (line === '') continue;
    if (line.startsWith('%')) format = headerOf(line) ?? format;
    else yield readLine(line, format);
  }
}

/** The header line that names the columns; undefined: another comment. */
function headerOf(line: string): Format | undefined {
  const match = /^%\s+(GPST|UTC|JST)\s/.exec(line);
  if (!match) return undefined;
  const coordinates = line.includes('latitude(deg)') ? 'llh' : line.includes('e-baseline(m)') ? 'enu' : undefined;
  return { coordinates, gpst: match[1] === 'JST' ? undefined : match[1] === 'GPST' };
}

function readLine(line: string, { coordinates, gpst }: Format): GnssLine {
  const [date = '', clock = '', ...columns] = line.slice(0, 400).split(/[\s,]+/);
  const [a, b, c, q = '', , , , , , , , age, ratio] = columns;
  if (coordinates === undefined)
    return {
      reason: 'unknown-shape',
      detail: 'RTKLIB coordinates are neither latitude(deg) nor e-baseline(m); set out-solformat to llh or enu',
    };
  if (gpst === undefined) return { reason: 'bad-time', detail: 'RTKLIB time is JST; set out-timesys to gpst or utc' };
  const time = timeOf(date, clock, gpst);
  if (time === undefined) return { reason: 'bad-time', detail: `RTKLIB solution at ${date.slice(0, 20)} ${clock.slice(0, 20)}` };
  const [first, second, third] = [number(a), number(b), number(c)];
  if (columns.length < 13 || !Number.isFinite(first + second + third) || !/^[0-9]$/.test(q))
    return { reason: 'bad-value', detail: `an RTKLIB solution has 15 columns of numbers, this has ${columns.length + 2}` };
  if (coordinates === 'llh' && (Math.abs(first) > 90 || Math.abs(second) > 180))
    return { reason: 'bad-value', detail: 'RTKLIB solution outside latitude and longitude' };
  const position =
    coordinates === 'llh' ? { latitude: first, longitude: second, height: third } : { east: first, north: second, up: third };
  const quality = Object.hasOwn(qualities, q) ? qualities[q] : undefined;
  // A ratio that can't be read is no proof of a fix.
  return { time, position, quality: quality ?? 'other', called: `${q} (RTKLIB)`, ratio: number(ratio) || 0, age: number(age) || 0 };
}

function timeOf(date: string, clock: string, gpst: boolean): number | undefined {
  const civil = date.includes('/') ? parseDeviceTime(`${date} ${clock}`, { marked: 'utc', unmarked: 'utc' }) : weekAndSeconds(date, clock);
  const time = civil !== undefined && gpst ? gpstToUtc(civil) : civil;
  return time !== undefined && parseDeviceTime(time, { marked: 'utc', unmarked: 'utc' }) === undefined ? undefined : time;
}

function weekAndSeconds(week: string, seconds: string): number | undefined {
  const [weeks, tow] = [number(week), number(seconds)];
  return /^\d{4}$/.test(week) && tow >= 0 && tow < 604_800 ? GPS_ZERO + weeks * WEEK_MS + Math.round(tow * 1000) : undefined;
}

const number = (text: string | undefined): number => (/^[+-]?\d{1,9}(?:\.\d{1,12})?$/.test(text ?? '') ? Number(text) : Number.NaN);
