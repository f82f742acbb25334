import { parseFrame, type Sl651Frame } from './frame.js';

/** A whole frame with its bytes as they came. */
export interface ReadFrame {
  frame: Sl651Frame;
  bytes: Uint8Array;
}

/** Finds frames in a byte stream. Bytes that belong to none are skipped and counted; at most one frame (4 KiB) is kept waiting. */
export class Sl651Reader {
  #waiting: Uint8Array = new Uint8Array();
  /** Bytes skipped since the last good frame. */
  skipped = 0;

  /** True while the beginning of a frame waits for its rest. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  feed(chunk: Uint8Array): ReadFrame[] {
    const bytes = joined(this.#waiting, chunk);
    const found: ReadFrame[] = [];
    let at = 0;
    while (at < bytes.length) {
      const parsed = parseFrame(bytes.subarray(at));
      if (parsed === 'more') break;
      if (parsed === 'bad') {
        // A wrong length or checksum: the next frame may begin inside what looked like this one.
        const next = bytes.indexOf(0x7e, at + 1);
        this.skipped += (next < 0 ? bytes.length : next) - at;
        at = next < 0 ? bytes.length : next;
      } else {
        this.skipped = 0;
        found.push({ frame: parsed.frame, bytes: bytes.subarray(at, at + parsed.size) });
        at += parsed.size;
      }
    }
    this.#waiting = bytes.slice(at);
    return found;
  }
}

function joined(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  // A copy always: the socket may use its buffer again while a message still waits for its commit.
  const bytes = new Uint8Array(before.length + chunk.length);
  bytes.set(before);
  bytes.set(chunk, before.length);
  return bytes;
}
