import { readBds2 } from './bds2.js';
import { readBds3 } from './bds3.js';

/** What a terminal says to its gateway. Addresses are card numbers. */
export type BeidouFrame =
  | { kind: 'message'; from: number; content: Uint8Array }
  /** Answer of the terminal to something it was to send; `failure` is its code. */
  | { kind: 'feedback'; failure: number | undefined; detail: string }
  /** Card number, signal: says nothing of a slope. */
  | { kind: 'terminal' }
  | { fault: string };

/** One frame at the start of `bytes` and how long it is; undefined: none of this generation begins here. */
export type FrameReader = (bytes: Uint8Array) => { frame: BeidouFrame; size: number } | undefined;

const DOLLAR = 0x24;
/** Faults told of one payload; noise on a serial line may hold any number of dollars. */
const MAX_FAULTS = 16;

/** Frames of both generations in the bytes a gateway read from its terminal. What lies between them is told of once. Never throws. */
export function splitBeidou(bytes: Uint8Array): BeidouFrame[] {
  const frames: BeidouFrame[] = [];
  let noise = 0;
  let faults = 0;
  for (let at = 0; at < bytes.length;) {
    const rest = bytes.subarray(at);
    const found = rest[0] === DOLLAR ? (readBds2(rest) ?? readBds3(rest)) : undefined;
    if (!found) {
      if (!isLineEnd(bytes[at])) noise += 1;
      at += 1;
      continue;
    }
    if (!('fault' in found.frame)) frames.push(found.frame);
    else if ((faults += 1) <= MAX_FAULTS) frames.push(found.frame);
    at += found.size;
  }
  if (noise > 0) frames.push({ fault: `${noise} bytes belong to no Beidou frame` });
  return frames;
}

const isLineEnd = (byte: number | undefined): boolean => byte === 0x0d || byte === 0x0a;
