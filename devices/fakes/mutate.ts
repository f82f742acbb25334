/** Numbers from a seed, always the same ones (mulberry32). */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What firmwares, links and attackers put where something else should be. */
const oddities: readonly Uint8Array[] = [
  bytesOf('\u0000'),
  bytesOf('"\\u0000"'),
  bytesOf('"\\ud800"'),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xff, 0xfe),
  bytesOf('1e999'),
  bytesOf('-1e308'),
  bytesOf('9'.repeat(400)),
  bytesOf('0.'.concat('0'.repeat(320), '1')),
  bytesOf('-0'),
  bytesOf('"__proto__":{"L1_LF_1":1},'),
  bytesOf('"constructor":1,'),
  bytesOf('{"a":'.repeat(200)),
  bytesOf('['.repeat(300)),
  bytesOf('"L1_LF_1":1,"L1_LF_1":2,'),
  bytesOf('null'),
  bytesOf('"",'),
  bytesOf(','),
  bytesOf('$'),
  bytesOf('*00\r\n'),
  bytesOf('"9999-99-99T99:99:99Z":'),
  bytesOf('"at":'),
  Uint8Array.of(0x02, 0xff, 0xff),
];

/** Longest input: enough for every branch, and small enough that a million of them end. */
const LONGEST = 8_192;

/** A genuine payload after one to four accidents, all from the seed. */
export function mutated(genuine: readonly Uint8Array[], seed: number): Uint8Array {
  const next = numbersFrom(seed);
  const pick = <T>(from: readonly T[]): T | undefined => from[next(from.length)];
  let bytes = Uint8Array.from(pick(genuine) ?? []);
  for (let accidents = 1 + next(4); accidents > 0; accidents -= 1) bytes = accident(bytes, pick(genuine) ?? bytes, next);
  return bytes.subarray(0, LONGEST);
}

function accident(bytes: Uint8Array<ArrayBuffer>, other: Uint8Array, next: (below: number) => number): Uint8Array<ArrayBuffer> {
  const at = next(bytes.length + 1);
  switch (next(8)) {
    case 0: // a flipped bit
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
      return bytes;
    case 1: // a wrong byte
      if (at < bytes.length) bytes[at] = next(256);
      return bytes;
    case 2: // cut short
      return bytes.slice(0, at);
    case 3: // a piece lost
      return spliced(bytes, at, at + next(16), new Uint8Array());
    case 4: // something odd put in, or in place of what stood there
      return spliced(bytes, at, at + next(2) * next(24), oddities[next(oddities.length)] ?? new Uint8Array());
    case 5: // the end of another payload
      return spliced(bytes, at, bytes.length, other.subarray(next(other.length + 1)));
    case 6: // a piece sent twice
      return spliced(bytes, at, at, bytes.slice(at, at + next(64)));
    default: // a digit of a number or a length made another
      for (let index = at; index < bytes.length; index += 1)
        if ((bytes[index] ?? 0) >= 0x30 && (bytes[index] ?? 0) <= 0x39) {
          bytes[index] = 0x30 + next(10);
          break;
        }
      return bytes;
  }
}

function spliced(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array<ArrayBuffer> {
  const end = Math.min(to, bytes.length);
  const joined = new Uint8Array(from + piece.length + bytes.length - end);
  joined.set(bytes.subarray(0, from));
  joined.set(piece, from);
  joined.set(bytes.subarray(end), from + piece.length);
  return joined;
}

/** Words a reader looks for: random text made of them gets deeper than random bytes would. */
const words: readonly string[] = [
  '{', '}', '[', ']', ':', ',', '"', '"17165802"', '"L1_LF_1"', '"S1_ZT_1"', '"L1_GP_1"', '"value"', '"ts"', '"values"', '"at"', '"sensor_state"',
  '"2026-03-14T06:00:00.000Z"', '1773468000000', '1', '-1.5', '"1,2,3"', 'null', 'true', '"header"', '"bodies"', '"body"', '"appId"', '\n', '\\', '%', '*',
  '$GNGGA,', '$GNRMC,', '$BDTCI,', '060000', '3124.0', 'N', 'E', '4', '  ', '2026/03/14 06:00:00.000', '31.4', '103.5', 'Q', '\u0001', '\u0002', '\u0000g',
]; // prettier-ignore

/** Bytes that were never a payload: noise, or words in no order. */
export function random(seed: number): Uint8Array {
  const next = numbersFrom(seed);
  const length = next(160);
  if (next(3) === 0) return Uint8Array.from({ length }, () => next(256));
  return bytesOf(Array.from({ length: next(60) }, () => words[next(words.length)] ?? '').join(''));
}
