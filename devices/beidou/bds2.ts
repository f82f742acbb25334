import { uint, xor } from './bytes.js';
import type { FrameReader } from './frames.js';

/** `$TXSQ` + length 2 + own address 3 + class 1 + address 3 + bits 2 + answer 1, then the content and its checksum. */
const SEND_HEAD = 17;
/** `$TXXX` + length 2 + own address 3 + class 1 + sender 3 + time 2 + bits 2, then the content, a CRC mark and the checksum. */
const RECEIVE_HEAD = 18;
/** Tag, length and checksum. */
const LEAST = 8;
/** The longest message of any class has 210 bytes. Without a limit noise could ask for a checksum over 64 kB at each of its dollars. */
const MOST = 512;
/** Before the content of a mixed message (Chinese text and codes). */
const MIXED = 0xa4;

/** Reads one frame of Beidou-2 RDSS, serial protocol 4.0: five letters, length, binary fields, exclusive or of all before it. */
export const readBds2: FrameReader = (bytes) => {
  const tag = String.fromCharCode(...bytes.subarray(1, 5));
  if (!/^(?:TXXX|FKXX|ICXX|DWXX|ZJXX|TXSQ)$/.test(tag)) return undefined;
  const size = uint(bytes, 5, 2);
  if (size < LEAST || size > Math.min(MOST, bytes.length))
    return { frame: { fault: `$${tag} announces ${size} bytes, there are ${bytes.length}` }, size: 5 };
  const whole = bytes.subarray(0, size);
  if (xor(whole.subarray(0, -1)) !== whole[size - 1]) return { frame: { fault: `the checksum of $${tag} is wrong` }, size: 5 };
  if (tag === 'TXXX') return { frame: message(whole), size };
  if (tag === 'FKXX') return { frame: { kind: 'feedback', failure: uint(whole, 10, 1), detail: '$FKXX' }, size };
  if (tag === 'TXSQ') return { frame: { fault: '$TXSQ is an order to a terminal, it does not come from one' }, size };
  return { frame: { kind: 'terminal' }, size };
};

function message(whole: Uint8Array): { kind: 'message'; from: number; content: Uint8Array } | { fault: string } {
  const bits = uint(whole, 16, 2);
  const end = RECEIVE_HEAD + Math.ceil(bits / 8);
  if (whole.length < RECEIVE_HEAD + 2 || end + 2 !== whole.length)
    return { fault: `$TXXX of ${whole.length} bytes announces ${bits} bits of content` };
  const content = whole.subarray(RECEIVE_HEAD, end);
  return { kind: 'message', from: uint(whole, 11, 3), content: content[0] === MIXED ? content.subarray(1) : content };
}

/**
 * The order to a terminal to send a message (`$TXSQ`), as simulators and gateways need it.
 *
 * @param category class of the message: 0x46 is a code of an ordinary user (published example)
 * @throws RangeError when an address has more than 21 bits, or the content is longer than any message
 */
export function buildTxsq(to: number, content: Uint8Array, category = 0x46): Uint8Array {
  return framed('$TXSQ', SEND_HEAD, content, 0, (view) => {
    view.setUint8(10, category);
    setAddress(view, 11, to);
    view.setUint16(14, content.length * 8);
  });
}

/** What a terminal hands on of a message it received (`$TXXX`). @throws RangeError as `buildTxsq` */
export function buildTxxx(from: number, content: Uint8Array, category = 0x46): Uint8Array {
  return framed('$TXXX', RECEIVE_HEAD, content, 1, (view) => {
    view.setUint8(10, category);
    setAddress(view, 11, from);
    view.setUint16(16, content.length * 8);
  });
}

function framed(tag: string, head: number, content: Uint8Array, marks: number, fill: (view: DataView) => void): Uint8Array {
  if (head + content.length + marks + 1 > MOST) throw new RangeError(`a Beidou-2 message does not hold ${content.length} bytes`);
  const bytes = new Uint8Array(head + content.length + marks + 1);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(tag));
  view.setUint16(5, bytes.length);
  fill(view);
  bytes.set(content, head);
  bytes[bytes.length - 1] = xor(bytes.subarray(0, -1));
  return bytes;
}

function setAddress(view: DataView, at: number, address: number): void {
  if (!(Number.isInteger(address) && address >= 0 && address < 2 ** 21)) throw new RangeError(`${address} is no card number of 21 bits`);
  view.setUint8(at, address >> 16);
  view.setUint16(at + 1, address & 0xffff);
}
