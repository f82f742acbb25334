import { printable } from './decoding.js';
import { mergeJson } from './json-merge.js';

/** Text of a payload as JSON, or what is wrong with it. `contradictions`: members named twice with different values; they are left out of `value`. */
export type ParsedJson = { value: unknown; contradictions?: readonly string[] } | { fault: string };

const lenient = new TextDecoder('utf-8');
const strict = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads UTF-8 JSON without losing anything in silence: `JSON.parse` keeps only the last of two equal keys, and a firmware that
 * repeats a sensor code for each time would lose all samples but one. Such text is read again, slowly, and its members are joined.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  // The lenient decoder is three times as fast; it marks what it can't read with U+FFFD, which genuine text hardly ever holds.
  let text = lenient.decode(bytes);
  if (text.includes('\ufffd')) {
    try {
      text = strict.decode(bytes);
    } catch {
      return { fault: 'the text is not UTF-8' };
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The message quotes the payload, control characters and all.
    return { fault: error instanceof Error ? printable(error.message) : 'not JSON' };
  }
  return membersWritten(text) === membersRead(value) ? { value } : mergeJson(text);
}

/** Every member of an object has one colon outside of strings. */
function membersWritten(text: string): number {
  let count = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) inString = !inString;
    else if (code === 0x5c && inString) at += 1;
    else if (code === 0x3a && !inString) count += 1;
  }
  return count;
}

/** Without recursion: text nested 10,000 deep parses, and would end the stack here. */
function membersRead(value: unknown): number {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (next === null || typeof next !== 'object') continue;
    const whole = Array.isArray(next);
    for (const item of whole ? (next as unknown[]) : Object.values(next)) {
      if (!whole) count += 1;
      if (typeof item === 'object') open.push(item);
    }
  }
  return count;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
