import type { GnssLine, GnssSolution } from '../gnss/solution.js';

/** Quality indicator of GGA: the only ones that mean millimetres or decimetres. */
const qualities: Readonly<Record<string, GnssSolution['quality']>> = { '4': 'fixed', '5': 'float' };
const DAY_MS = 86_400_000;

/**
 * Positions of NMEA 0183 text: GGA, dated by the RMC or ZDA nearest to it in the text, which may be on the other side of
 * midnight. Other sentences say nothing of position and are passed over. Height is above the ellipsoid: altitude + separation.
 */
export function* readNmea(text: string): Generator<GnssLine> {
  /** Time and date of the newest RMC or ZDA, epoch ms. */
  let dated: number | undefined;
  const undated: Gga[] = [];
  for (const line of text.split(/[\r\n]+/)) {
    if (line.trim() === '') continue;
    const sentence = fieldsOf(line.trim());
    if ('reason' in sentence) {
      yield sentence;
      continue;
    }
    const [type, ...fields] = sentence.fields;
    if (type === 'GGA') {
      const gga = readGga(fields);
      if ('reason' in gga) yield gga;
      else if (dated === undefined) undated.push(gga);
      else yield solutionOf(gga, dated);
    } else if (type === 'RMC' || type === 'ZDA') {
      const date = type === 'RMC' ? dateOfRmc(fields) : dateOfZda(fields);
      dated = date ?? dated;
      if (date !== undefined) for (const gga of undated.splice(0)) yield solutionOf(gga, date);
    }
  }
  if (undated.length > 0) yield { reason: 'bad-time', detail: `${undated.length} GGA have a time of day only; send RMC or ZDA with them` };
}

interface Gga {
  timeOfDay: number;
  solution: Omit<GnssSolution, 'time'>;
}

/** Type (`GGA`) and fields of one sentence whose checksum is right. */
function fieldsOf(line: string): { fields: string[] } | GnssFault {
  const match = /^\$([A-Z]{2})([A-Z]{3}),([^*]{0,200})\*([0-9A-Fa-f]{2})$/.exec(line);
  if (!match) return { reason: 'unreadable-frame', detail: `no NMEA sentence with checksum: ${line.slice(0, 40)}` };
  const end = line.lastIndexOf('*');
  let sum = 0;
  for (let at = 1; at < end; at += 1) sum ^= line.charCodeAt(at);
  if (sum !== Number.parseInt(match[4] ?? '', 16))
    return { reason: 'unreadable-frame', detail: `checksum of ${match[1]}${match[2]} is ${match[4]}, not ${sum.toString(16)}` };
  return { fields: [match[2] ?? '', ...(match[3] ?? '').split(',')] };
}

type GnssFault = Extract<GnssLine, { reason: string }>;

function readGga(fields: readonly string[]): Gga | GnssFault {
  const [clock = '', lat = '', ns = '', lon = '', ew = '', quality = '', , , altitude = '', , separation = '', , age = ''] = fields;
  const timeOfDay = readClock(clock);
  if (timeOfDay === undefined) return { reason: 'bad-time', detail: `GGA at ${clock.slice(0, 20)}` };
  const called = `${quality.slice(0, 2) || 'none'} (GGA)`;
  // Without a fix the coordinates are empty; the quality says why.
  const judged = Object.hasOwn(qualities, quality) ? qualities[quality] : undefined;
  if (!judged) return { timeOfDay, solution: { quality: 'other', called, position: { latitude: 0, longitude: 0, height: 0 } } };
  const latitude = degrees(lat, ns === 'S', 90);
  const longitude = degrees(lon, ew === 'W', 180);
  const height = decimal(altitude) + decimal(separation);
  if (latitude === undefined || longitude === undefined || !/^[NS]$/.test(ns) || !/^[EW]$/.test(ew) || !Number.isFinite(height))
    return { reason: 'bad-value', detail: 'GGA without a position: latitude, longitude, altitude or geoid separation is missing' };
  const ageOf = age === '' ? undefined : decimal(age);
  return { timeOfDay, solution: { quality: judged, called, position: { latitude, longitude, height }, age: ageOf } };
}

/** The day is that of the nearest dated sentence, or the one before or after it: whichever brings the two times together. */
function solutionOf({ timeOfDay, solution }: Gga, dated: number): GnssSolution {
  const day = Math.floor(dated / DAY_MS) * DAY_MS;
  const sameDay = day + timeOfDay;
  const shift = sameDay - dated > DAY_MS / 2 ? -DAY_MS : sameDay - dated < -DAY_MS / 2 ? DAY_MS : 0;
  return { ...solution, time: sameDay + shift };
}

/** `hhmmss.sss` to ms of the day. */
function readClock(text: string): number | undefined {
  const match = /^(\d{2})(\d{2})(\d{2}(?:\.\d{1,6})?)$/.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return hour < 24 && minute < 60 && second < 60 ? Math.round((hour * 60 + minute) * 60_000 + second * 1000) : undefined;
}

/** RMC: time, status (A = valid), …, date ddmmyy. */
function dateOfRmc(fields: readonly string[]): number | undefined {
  const match = /^(\d{2})(\d{2})(\d{2})$/.exec(fields[8] ?? '');
  return match && fields[1] === 'A' ? dateOf(2000 + Number(match[3]), Number(match[2]), Number(match[1]), fields[0]) : undefined;
}

/** ZDA: time, day, month, year. */
const dateOfZda = ([clock, day, month, year]: readonly string[]): number | undefined =>
  /^\d{4}$/.test(year ?? '') ? dateOf(Number(year), Number(month), Number(day), clock) : undefined;

function dateOf(year: number, month: number, day: number, clock: string | undefined): number | undefined {
  const time = readClock(clock ?? '');
  const date = new Date(Date.UTC(year, month - 1, day));
  // A receiver without almanac says 1980 or 2080: no date to put a reading on.
  if (time === undefined || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || year < 2010 || year > 2079) return undefined;
  return date.getTime() + time;
}

/** `ddmm.mmmm` or `dddmm.mmmm` to degrees. */
function degrees(text: string, negative: boolean, most: number): number | undefined {
  const match = /^(\d{2,3})(\d{2}(?:\.\d{1,12})?)$/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2]);
  const value = Number(match[1]) + minutes / 60;
  return minutes < 60 && value <= most ? (negative ? -value : value) : undefined;
}

const decimal = (text: string): number => (/^-?\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN);
