/**
 * The envelope of a `$dp` payload (DZ/T 0450-2023 App A): byte 0 data type, bytes 1–2 length of the JSON, unsigned
 * big-endian, then the JSON in UTF-8. `type` is null where the field leaves the header out. Types 3 and 5 without a stream
 * are variants of a client SDK of the field: JSON whose values may carry their time as `"at"`.
 */
export type Frame =
  | { type: 1 | 2 | 3 | 5 | null; json: Uint8Array }
  | { type: 3; descriptor: Uint8Array; stream: Uint8Array }
  | { type: 4; index: number; size: number; total: number }
  | { fault: string };

const HEADER = 3;
const OPEN_BRACE = 0x7b;

/** Splits a payload into its frames; several may follow one another. Never throws. */
export function splitFrames(payload: Uint8Array): Frame[] {
  const start = payload[0] === 0xef && payload[1] === 0xbb && payload[2] === 0xbf ? 3 : 0;
  const frames: Frame[] = [];
  for (let at = start; at < payload.length;) {
    const rest = at === 0 ? payload : payload.subarray(at);
    if (at > start && rest.every(isPadding)) break;
    const { frame, size } = first(rest);
    frames.push(frame);
    at += size;
  }
  return frames.length > 0 ? frames : [{ fault: 'the payload is empty' }];
}

const isPadding = (byte: number): boolean => byte === 0 || byte === 0x20 || byte === 0x0a || byte === 0x0d;
const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

function first(bytes: Uint8Array): { frame: Frame; size: number } {
  const whole = (frame: Frame) => ({ frame, size: bytes.length });
  const type = bytes[0] ?? 0;
  if (type >= 0x20) return whole({ type: null, json: bytes });
  const length = bytes.length >= HEADER ? uint16(bytes, 1) : undefined;
  const fits = length !== undefined && length > 0 && HEADER + length <= bytes.length;
  // Some firmwares put one control character before the JSON; `02 7B …` is that only when it is no frame of 31 kB.
  if (bytes[1] === OPEN_BRACE && !fits) return whole({ type: null, json: bytes.subarray(1) });
  if (type === 9 || type === 10 || type === 13) return whole({ type: null, json: bytes });
  if (type === 4) return whole(firmware(bytes));
  if (type !== 1 && type !== 2 && type !== 3 && type !== 5) return whole({ fault: `unknown data type ${type}` });
  if (!fits)
    return whole({ fault: `type ${type} announces ${length ?? 'no'} bytes of JSON, ${Math.max(0, bytes.length - HEADER)} follow` });
  const size = HEADER + length;
  const json = bytes.subarray(HEADER, size);
  if (type !== 3 || bytes.length === size) return { frame: { type, json }, size };
  return whole(file(json, bytes.subarray(size)));
}

/** Data type 3: descriptor, length of the stream, stream. A stream that is not as long as it says was cut on the way. */
function file(descriptor: Uint8Array, rest: Uint8Array): Frame {
  const length = uint16(rest, 0);
  if (rest.length < 2 || rest.length - 2 !== length)
    return { fault: `type 3 announces ${length} bytes of stream, ${Math.max(0, rest.length - 2)} follow` };
  return { type: 3, descriptor, stream: rest.subarray(2) };
}

/** Data type 4: index, size and total of a firmware packet. */
function firmware(bytes: Uint8Array): Frame {
  if (bytes.length < 7) return { fault: `type 4 is a firmware packet of at least 7 bytes, these are ${bytes.length}` };
  return { type: 4, index: uint16(bytes, 1), size: uint16(bytes, 3), total: uint16(bytes, 5) };
}

/** Builds a frame as devices send it. @throws RangeError when the JSON is longer than the length field can say */
export function buildFrame(type: 1 | 2, content: unknown): Uint8Array {
  return frameOf(type, new TextEncoder().encode(JSON.stringify(content)), new Uint8Array());
}

/** Builds a file frame (type 3). @throws RangeError when descriptor or stream are longer than their length fields can say */
export function buildFileFrame(descriptor: unknown, stream: Uint8Array): Uint8Array {
  if (stream.length > 0xffff) throw new RangeError(`a national file frame holds at most 65535 bytes of stream, this is ${stream.length}`);
  const tail = new Uint8Array(2 + stream.length);
  tail.set([stream.length >> 8, stream.length & 0xff]);
  tail.set(stream, 2);
  return frameOf(3, new TextEncoder().encode(JSON.stringify(descriptor)), tail);
}

function frameOf(type: number, json: Uint8Array, tail: Uint8Array): Uint8Array {
  if (json.length > 0xffff) throw new RangeError(`a national frame holds at most 65535 bytes of JSON, this is ${json.length}`);
  const frame = new Uint8Array(HEADER + json.length + tail.length);
  frame.set([type, json.length >> 8, json.length & 0xff]);
  frame.set(json, HEADER);
  frame.set(tail, HEADER + json.length);
  return frame;
}
