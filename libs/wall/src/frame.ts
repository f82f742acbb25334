import type { FrameValue, WallFrame } from '#libs/contracts';
import { frameHeaderBytes, frameValueBytes, qualityFlags } from '#libs/contracts';

/** Bit n of the quality word = qualityFlags[n]. */
function qualityBits(quality: string): number {
  if (quality === '') return 0;
  return quality.split(',').reduce((bits, flag) => {
    const bit = (qualityFlags as readonly string[]).indexOf(flag);
    return bit < 0 ? bits : bits | (1 << bit);
  }, 0);
}

const qualityText = (bits: number): string => qualityFlags.filter((_, bit) => (bits & (1 << bit)) !== 0).join(',');

/**
 * Binary form of a frame (`auth.binary`), little-endian: f64 at (ms), u32 count, then a value each: u32 channel index,
 * f64 device time (ms), f64 value, u16 quality bits. Values stay doubles: a coordinate in millimetres does not fit a float.
 */
export function encodeFrame(frame: WallFrame): Buffer {
  const bytes = Buffer.alloc(frameHeaderBytes + frame.values.length * frameValueBytes);
  bytes.writeDoubleLE(frame.at, 0);
  bytes.writeUInt32LE(frame.values.length, 8);
  frame.values.forEach(([index, time, value, quality], row) => {
    const at = frameHeaderBytes + row * frameValueBytes;
    bytes.writeUInt32LE(index, at);
    bytes.writeDoubleLE(time, at + 4);
    bytes.writeDoubleLE(value, at + 12);
    bytes.writeUInt16LE(qualityBits(quality), at + 20);
  });
  return bytes;
}

/** @throws RangeError when the bytes are shorter than their own count says */
export function decodeFrame(bytes: Uint8Array): WallFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(8, true);
  const values = Array.from({ length: count }, (_, row): FrameValue => {
    const at = frameHeaderBytes + row * frameValueBytes;
    return [
      view.getUint32(at, true),
      view.getFloat64(at + 4, true),
      view.getFloat64(at + 12, true),
      qualityText(view.getUint16(at + 20, true)),
    ];
  });
  return { at: view.getFloat64(0, true), values };
}
