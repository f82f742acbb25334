import type { Decoding } from '../decoding.js';
import { readTimedValue } from './sensors.js';

const lenient = new TextDecoder('utf-8');

/**
 * Reads a type 2 frame that is written as nearly every device writes it: `{"<device>":{"<sensor code>":{"<time>":<value>}}}` in plain characters,
 * every name once in its place, each value a number or an object of numbers. Anything else, however slightly, is left to the general way, which
 * reads the same and more.
 *
 * Why there are two: times are names of members there, new ones in every frame. `JSON.parse` makes a hidden class of the engine and a lasting
 * text of each (470 bytes a frame that only a full collection of garbage takes away), and those collections hold up every PUBACK.
 *
 * @returns false when it is not written so, and nothing was read
 */
export function readPlainFrame(json: Uint8Array, into: Decoding): boolean {
  const values = new PlainFrame(lenient.decode(json)).values();
  if (!values) return false;
  let of: Pick<TimedValue, 'deviceId' | 'code'> = { deviceId: '', code: '' };
  let profile: ReturnType<Decoding['profile']>;
  let reader: ReturnType<NonNullable<typeof profile>['reader']>;
  for (const value of values) {
    const sameDevice = value.deviceId === of.deviceId;
    if (!sameDevice) profile = into.profile(value.deviceId);
    if (!profile) {
      of = value;
      continue;
    }
    if (!sameDevice || value.code !== of.code) {
      reader = profile.reader(value.code);
      if (!reader) into.fault('unknown-code', `${value.code} is no sensor of profile ${profile.id}`);
    }
    of = value;
    if (!reader) continue;
    // The id as the connection has it: the one read here would hold on to the text of the whole frame.
    const deviceId = value.deviceId === into.context.deviceId ? into.context.deviceId : value.deviceId;
    readTimedValue({ deviceId, profile, code: value.code, reader }, value.time, value.value, into);
  }
  return true;
}

interface TimedValue {
  deviceId: string;
  code: string;
  time: string;
  value: unknown;
}

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
/** A number as JSON has it. */
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Names with a meaning of their own in other forms of the frame, and one that is no ordinary member of an object. */
const special = new Set(['header', 'bodies', 'datastreams', 'at', '__proto__']);
/** Members side by side: each name is compared with those before it. A frame of hours is read the general way. */
const MOST = 32;
/** Beside others a whole number as a name moves to the front of its object (ECMAScript, OrdinaryOwnPropertyKeys). */
const moves = /^\d{1,10}$/;

class PlainFrame {
  #at = 0;
  readonly #values: TimedValue[] = [];

  constructor(private readonly text: string) {}

  /** In the order they are written; undefined: this is not such a frame. */
  values(): readonly TimedValue[] | undefined {
    const whole = this.#members((deviceId) => this.#members((code) => this.#members((time) => this.#timed(deviceId, code, time))));
    return whole && Number.isNaN(this.#next()) ? this.#values : undefined;
  }

  #timed(deviceId: string, code: string, time: string): boolean {
    const value = this.#next() === OPEN ? this.#fields() : this.#number();
    if (value === undefined) return false;
    this.#values.push({ deviceId, code, time, value });
    return true;
  }

  #fields(): Record<string, number> | undefined {
    const fields: Record<string, number> = {};
    const whole = this.#members((name) => {
      const value = this.#number();
      if (value === undefined) return false;
      fields[name] = value;
      return true;
    });
    return whole ? fields : undefined;
  }

  /** `{"<name>": …, …}` with at least one member, each name once; `member` reads what is behind the colon. */
  #members(member: (name: string) => boolean): boolean {
    if (this.#next() !== OPEN) return false;
    const names: string[] = [];
    do {
      this.#at += 1;
      const name = this.#name();
      if (name === undefined || special.has(name) || names.includes(name) || names.push(name) > MOST) return false;
      if (this.#next() !== COLON) return false;
      this.#at += 1;
      if (!member(name)) return false;
    } while (this.#next() === COMMA);
    if (this.#next() !== CLOSE) return false;
    this.#at += 1;
    return names.length === 1 || !names.some((name) => moves.test(name));
  }

  #name(): string | undefined {
    if (this.#next() !== QUOTE) return undefined;
    const from = this.#at + 1;
    for (let at = from; ; at += 1) {
      const character = this.text.charCodeAt(at);
      if (character === QUOTE) {
        this.#at = at + 1;
        return this.text.slice(from, at);
      }
      if (!(character >= 0x20 && character < 0x7f) || character === BACKSLASH) return undefined;
    }
  }

  #number(): number | undefined {
    this.#next();
    number.lastIndex = this.#at;
    if (!number.test(this.text)) return undefined;
    const value = Number(this.text.slice(this.#at, number.lastIndex));
    this.#at = number.lastIndex;
    return value;
  }

  /** The next character that is no white space; NaN at the end. */
  #next(): number {
    for (;;) {
      const character = this.text.charCodeAt(this.#at);
      if (character !== 0x20 && character !== 0x0a && character !== 0x0d && character !== 0x09) return character;
      this.#at += 1;
    }
  }
}
