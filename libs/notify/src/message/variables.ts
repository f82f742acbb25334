import { kindEndings } from './words.js';

/**
 * Longest value of a template variable. The vendor's limit for notification templates is 35 by second-hand account, other vendors' 12–20
 * (notify.md §1.6): longer risks `isv.PARAM_LENGTH_LIMIT` in the minute it matters, much shorter cuts real place names.
 */
export const VARIABLE_CAP = 20;

/** Han, letters, digits and the few marks place and route names use. Anything else may be refused by the vendor's filter. */
const notAllowed = /[^\p{Script=Han}A-Za-z0-9 ·-]/gu;
/** Numbers that look like telephone or chat numbers are refused inside variables (§1.6). */
const longNumber = /\d{7,}/g;

/** A text fit to be a variable: full-width digits made plain, forbidden characters and long numbers removed. May be empty. */
export function cleanVariable(text: string): string {
  return text
    .normalize('NFKC')
    .replace(longNumber, '')
    .replace(notAllowed, '')
    .replace(/ +/g, ' ')
    .replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, '')
    .trim();
}

/** The place in a point's name: without the ending that says its kind. 石碑村3组滑坡 → 石碑村3组. */
export function placeOf(pointName: string): string {
  let place = cleanVariable(pointName);
  for (const ending of kindEndings) if (place.endsWith(ending) && place.length > ending.length + 1) place = place.slice(0, -ending.length);
  return place;
}

const outerDivision = /^[\p{Script=Han}]{1,8}?(?:省|自治区|自治州|市|州|县|区|旗|镇|乡|街道)(?=.{2,})/u;

/**
 * A place name in at most `room` characters, keeping what is nearest to the people: outer divisions go first
 * (四川省…镇新磨村2组 → 新磨村2组), then characters from the front, because Chinese names run from large to small.
 */
export function fitPlace(place: string, room: number): string {
  let short = place;
  while (short.length > room) {
    const outer = outerDivision.exec(short);
    if (!outer) break;
    short = short.slice(outer[0].length);
  }
  if (short.length <= room) return short;
  // A rare character takes two code units; half of one would be refused.
  return short
    .slice(-room)
    .replace(/^[\uDC00-\uDFFF]/, '')
    .trim();
}
