/**
 * The envelope of a `$dp` payload (DZ/T 0450-2023 App A): byte 0 data type, bytes 1–2 length of the JSON, unsigned
 * big-endian, then the JSON in UTF-8. `type` is null where the field leaves the header out.
 */
export type Frame = { type: 1 | 2 | null; json: Uint8Array } | { type: 3; descriptor: Uint8Array; stream: number } | { fault: string };

const HEADER = 3;
const OPEN_BRACE = 0x7b;

/** Splits a payload into its frames; several may follow one another. Never throws. */
export function splitFrames(payload: Uint8Array): Frame[] {
  const start = payload[0] === 0xef && payload[1] === 0xbb && payload[2] === 0xbf ? 3 : 0;
  const frames: Frame[] = [];
  for (let at = start; at < payload.length;) {
    const rest = payload.subarray(at);
    if (at > start && rest.every(isPadding)) break;
    const { frame, size } = first(rest);
    frames.push(frame);
    at += size;
  }
  return frames.length > 0 ? frames : [{ fault: 'the payload is empty' }];
}

const isPadding = (byte: number): boolean => byte === 0 || byte === 0x20 || byte === 0x0a || byte === 0x0d;

function first(bytes: Uint8Array): { frame: Frame; size: number } {
  const whole = (frame: Frame) => ({ frame, size: bytes.length });
  const type = bytes[0] ?? 0;
  if (type >= 0x20) return whole({ type: null, json: bytes });
  const length = bytes.length >= HEADER ? new DataView(bytes.buffer, bytes.byteOffset).getUint16(1, false) : undefined;
  const fits = length !== undefined && length > 0 && HEADER + length <= bytes.length;
  // Some firmwares put one control character before the JSON; `02 7B …` is that only when it is no frame of 31 kB.
  if (bytes[1] === OPEN_BRACE && !fits) return whole({ type: null, json: bytes.subarray(1) });
  if (type === 9 || type === 10 || type === 13) return whole({ type: null, json: bytes });
  if (type === 4) return whole({ fault: 'type 4 (firmware packet) goes to devices, never comes from them' });
  if (type !== 1 && type !== 2 && type !== 3) return whole({ fault: `unknown data type ${type}` });
  if (!fits)
    return whole({ fault: `type ${type} announces ${length ?? 'no'} bytes of JSON, ${Math.max(0, bytes.length - HEADER)} follow` });
  const json = bytes.subarray(HEADER, HEADER + length);
  if (type === 3) return whole({ type, descriptor: json, stream: bytes.length - HEADER - length });
  return { frame: { type, json }, size: HEADER + length };
}

/** Builds a frame as devices send it. @throws RangeError when the JSON is longer than the length field can say */
export function buildFrame(type: 1 | 2, content: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(content));
  if (json.length > 0xffff) throw new RangeError(`a national frame holds at most 65535 bytes of JSON, this is ${json.length}`);
  const frame = new Uint8Array(HEADER + json.length);
  frame.set([type, json.length >> 8, json.length & 0xff]);
  frame.set(json, HEADER);
  return frame;
}
