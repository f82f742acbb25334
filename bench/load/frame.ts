import { buildFrame } from '#devices';
import { topics } from '#libs/contracts';
import { publishPacket } from './wire.js';

/** Stands in the template where the time goes; the same length as every time of this century. */
const anyTime = '2026-01-01T00:00:00.000Z';
const places = { crack: 12.345, rain: 0.5, tilt: 1.234 };

/**
 * One device's national frame (type 2) with three values, encoded once. Each message is a copy in which packet id, time and
 * the last digits of the values are written over, which costs the loader about a microsecond.
 */
export class FrameTemplate {
  readonly #bytes: Buffer;
  readonly #idAt: number;
  readonly #timesAt: readonly number[];
  readonly #digitsAt: readonly number[];

  constructor(deviceId: string) {
    const payload = buildFrame(2, {
      [deviceId]: {
        L1_LF_1: { [anyTime]: places.crack },
        L3_YL_1: { [anyTime]: places.rain },
        L1_QJ_1: { [anyTime]: { X: places.tilt } },
      },
    });
    const { bytes, idAt } = publishPacket(topics.nationalUp, Buffer.from(payload));
    this.#bytes = bytes;
    this.#idAt = idAt;
    const text = bytes.toString('latin1');
    this.#timesAt = [...text.matchAll(new RegExp(anyTime, 'g'))].map(({ index }) => index);
    this.#digitsAt = Object.values(places).map((value) => text.indexOf(String(value)) + String(value).length - 1);
  }

  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Writes one message into `into` at `at`.
   * @param time device time, epoch ms
   * @param random any whole number; its digits become the last digits of the values
   */
  write(into: Buffer, at: number, packetId: number, time: number, random: number): void {
    this.#bytes.copy(into, at);
    into[at + this.#idAt] = packetId >> 8;
    into[at + this.#idAt + 1] = packetId & 0xff;
    const text = timeBytes(time);
    for (const place of this.#timesAt) text.copy(into, at + place);
    let digits = random;
    for (const place of this.#digitsAt) {
      into[at + place] = 0x30 + (digits % 10);
      digits = Math.floor(digits / 10);
    }
  }
}

let second = Number.NaN;
const written = Buffer.alloc(anyTime.length);

/** ISO time as bytes; the part down to the second is made once a second. The answer is overwritten by the next call. */
function timeBytes(time: number): Buffer {
  const whole = Math.floor(time / 1000);
  if (whole !== second) {
    second = whole;
    written.write(new Date(whole * 1000).toISOString(), 'latin1');
  }
  const ms = time - whole * 1000;
  written[20] = 0x30 + Math.floor(ms / 100);
  written[21] = 0x30 + (Math.floor(ms / 10) % 10);
  written[22] = 0x30 + (ms % 10);
  return written;
}
