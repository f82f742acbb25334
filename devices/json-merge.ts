import { printable } from './decoding.js';
import type { ParsedJson } from './json.js';

/** Genuine payloads nest four deep. Deeper text with a key twice is somebody's attack on the stack. */
const MAX_DEPTH = 32;
/** Contradictions told of: enough to find the fault in the firmware. */
const MAX_TOLD = 8;

/**
 * Reads JSON in which a key stands twice in one object, and joins the two: objects member by member, equal values once. Two
 * different values of one member contradict each other; which one is right nobody knows, so it is left out and named.
 *
 * @param text JSON that `JSON.parse` has accepted: only its structure is read here, literals are left to `JSON.parse`
 */
export function mergeJson(text: string): ParsedJson {
  const reader = new Reader(text);
  try {
    const value = reader.value(0, '');
    return { value, contradictions: reader.contradictions };
  } catch (error) {
    return { fault: error instanceof Error ? printable(error.message) : 'not JSON' };
  }
}

class Reader {
  readonly contradictions: string[] = [];
  #at = 0;

  constructor(private readonly text: string) {}

  value(depth: number, path: string): unknown {
    if (depth > MAX_DEPTH) throw new Error(`the same key appears twice, ${MAX_DEPTH} levels deep`);
    const next = this.#next();
    if (next === '{') return this.#object(depth, path);
    if (next === '[') return this.#array(depth, path);
    return this.#literal();
  }

  #object(depth: number, path: string): Record<string, unknown> {
    const read = new Map<string, unknown>();
    const contradicted = new Set<string>();
    this.#at += 1;
    while (this.#next() !== '}') {
      const key = String(this.#literal());
      this.#next();
      this.#at += 1;
      const value = this.value(depth + 1, `${path}.${key}`);
      if (!read.has(key)) read.set(key, value);
      else if (isPlain(read.get(key)) && isPlain(value)) read.set(key, this.#join(read.get(key), value, `${path}.${key}`));
      else if (!Object.is(read.get(key), value)) contradicted.add(key);
      if (this.#next() === ',') this.#at += 1;
    }
    this.#at += 1;
    for (const key of contradicted) {
      read.delete(key);
      this.#tell(`${path}.${key}`);
    }
    return Object.fromEntries(read);
  }

  /** Two objects under one key: every member of both. */
  #join(a: unknown, b: unknown, path: string): Record<string, unknown> {
    const joined = new Map(Object.entries(a as object));
    for (const [key, value] of Object.entries(b as object) as [string, unknown][]) {
      const before: unknown = joined.get(key);
      if (!joined.has(key)) joined.set(key, value);
      else if (isPlain(before) && isPlain(value)) joined.set(key, this.#join(before, value, `${path}.${key}`));
      else if (!Object.is(before, value)) {
        joined.delete(key);
        this.#tell(`${path}.${key}`);
      }
    }
    return Object.fromEntries(joined);
  }

  #array(depth: number, path: string): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    while (this.#next() !== ']') {
      items.push(this.value(depth + 1, path));
      if (this.#next() === ',') this.#at += 1;
    }
    this.#at += 1;
    return items;
  }

  #literal(): unknown {
    const from = this.#at;
    if (this.text[from] === '"') {
      do this.#at += this.text[this.#at] === '\\' ? 2 : 1;
      while (this.#at < this.text.length && this.text[this.#at] !== '"');
      this.#at += 1;
    } else while (this.#at < this.text.length && !/[\s,\]}:]/.test(this.text[this.#at] ?? ',')) this.#at += 1;
    return JSON.parse(this.text.slice(from, this.#at));
  }

  /** The next character that is no white space. */
  #next(): string {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at += 1;
    const next = this.text[this.#at];
    if (next === undefined) throw new Error('the JSON ends too early');
    return next;
  }

  #tell(path: string): void {
    if (this.contradictions.length < MAX_TOLD) this.contradictions.push(path.slice(1, 160));
  }
}

const isPlain = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
