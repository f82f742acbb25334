import { BaseKeeper, MisfitState, type Keeper } from './keeper.js';

/** A state in bytes: length of the texts (4), the texts as JSON in UTF-8, filled up to eight, the numbers (8 each, little-endian as every machine we run on). */
const headBytes = 4;
const numberBytes = Float64Array.BYTES_PER_ELEMENT;
/** Numbers room is made for at first: a point of a few instruments. */
const firstRoom = 4096;

/** Writes a state down. */
class KeepWriter extends BaseKeeper {
  readonly reading = false;
  #numbers = new Float64Array(firstRoom);
  #count = 0;
  readonly #texts: string[] = [];

  number(now: number): number {
    this.#room(1);
    this.#numbers[this.#count] = now;
    this.#count += 1;
    return now;
  }

  protected stretch(now: ArrayLike<number>, count: number): ArrayLike<number> {
    this.#room(count);
    this.#numbers.set(now, this.#count);
    this.#count += count;
    return now;
  }

  #room(more: number): void {
    if (this.#count + more <= this.#numbers.length) return;
    const larger = new Float64Array(Math.max(2 * this.#numbers.length, this.#count + more));
    larger.set(this.#numbers.subarray(0, this.#count));
    this.#numbers = larger;
  }

  text(now: string): string {
    this.#texts.push(now);
    return now;
  }

  bytes(): Uint8Array {
    const texts = new TextEncoder().encode(JSON.stringify(this.#texts));
    const begin = Math.ceil((headBytes + texts.length) / numberBytes) * numberBytes;
    const all = new Uint8Array(begin + this.#count * numberBytes);
    new DataView(all.buffer).setUint32(0, texts.length, true);
    all.set(texts, headBytes);
    all.set(new Uint8Array(this.#numbers.buffer, 0, this.#count * numberBytes), begin);
    return all;
  }
}

/** Takes a state up. Every call throws MisfitState when nothing of that kind is there. */
class KeepReader extends BaseKeeper {
  readonly reading = true;
  readonly #numbers: Float64Array;
  readonly #texts: readonly unknown[];
  #number = 0;
  #text = 0;

  /** @throws MisfitState when it is no state at all */
  constructor(bytes: Uint8Array) {
    super();
    if (bytes.length < headBytes) throw new MisfitState('nothing is there');
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const begin = Math.ceil((headBytes + length) / numberBytes) * numberBytes;
    if (begin > bytes.length || (bytes.length - begin) % numberBytes !== 0) throw new MisfitState('it is cut off');
    this.#texts = textsOf(bytes.subarray(headBytes, headBytes + length));
    this.#numbers = numbersOf(bytes.subarray(begin));
  }

  number(): number {
    if (this.#number >= this.#numbers.length) throw new MisfitState('it ends too early');
    this.#number += 1;
    return this.#numbers[this.#number - 1] as number;
  }

  protected stretch(_now: ArrayLike<number>, count: number): Float64Array {
    const until = this.#number + count;
    if (until > this.#numbers.length) throw new MisfitState('it ends too early');
    const taken = this.#numbers.subarray(this.#number, until);
    this.#number = until;
    return taken;
  }

  text(): string {
    const text = this.#texts[this.#text];
    if (typeof text !== 'string') throw new MisfitState('a name is missing');
    this.#text += 1;
    return text;
  }

  /** @throws MisfitState when something is left: it was more than this part's state */
  end(): void {
    if (this.#number !== this.#numbers.length || this.#text !== this.#texts.length)
      throw new MisfitState('more is there than was asked for');
  }
}

/** Numbers must lie on multiples of eight, and the bytes may be part of a larger answer: then a copy. Not by `slice`: that of a Buffer copies nothing. */
function numbersOf(bytes: Uint8Array): Float64Array {
  const lies = bytes.byteOffset % numberBytes === 0 ? bytes : new Uint8Array(bytes.length);
  if (lies !== bytes) lies.set(bytes);
  return new Float64Array(lies.buffer, lies.byteOffset, lies.length / numberBytes);
}

function textsOf(bytes: Uint8Array): readonly unknown[] {
  try {
    const texts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (Array.isArray(texts)) return texts;
  } catch {
    // Said below.
  }
  throw new MisfitState('its names cannot be read');
}

/** What can be kept. */
interface Kept {
  keep(keeper: Keeper): void;
}

/** The state of a part in bytes. */
export function keptOf(part: Kept): Uint8Array {
  const writer = new KeepWriter();
  part.keep(writer);
  return writer.bytes();
}

/** Takes a state up into a new part. @returns false when it does not fit: the part is then spoilt */
export function takeUp(part: Kept, bytes: Uint8Array): boolean {
  try {
    const reader = new KeepReader(bytes);
    part.keep(reader);
    reader.end();
    return true;
  } catch (error) {
    if (error instanceof MisfitState) return false;
    throw error;
  }
}
