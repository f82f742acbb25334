import iconv from 'iconv-lite';
import { ONE_PART, PART_OF_MANY } from '../../message/length.js';

/** `Msg_Fmt`: how the bytes of a message are letters. */
export const UCS2 = 8;
const ASCII = 0;
const GBK = 15;
/** Concatenation header: 5 bytes follow; element 0, 3 bytes: reference, how many, which (GSM 03.40 §9.2.3.24.1). */
const UDH = [5, 0, 3] as const;

export interface TextPart {
  content: Buffer;
  /** 1: the content begins with a header that joins the parts (`TP_udhi`). */
  headed: 0 | 1;
}

/**
 * A text as the air carries it: UCS-2, 70 characters in one part, 67 a part above that.
 * @param reference names the message among those on their way to one phone; its low byte is used
 */
export function toParts(text: string, reference: number): TextPart[] {
  if (text.length <= ONE_PART) return [{ content: ucs2(text), headed: 0 }];
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + PART_OF_MANY, text.length);
    // A rare character takes two units; a phone that shows the parts apart would show two halves of it.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces.map((piece, index) => ({
    content: Buffer.concat([Buffer.from([...UDH, reference & 0xff, pieces.length, index + 1]), ucs2(piece)]),
    headed: 1,
  }));
}

/** Text of a message that came in. Total: what is in no known format reads as it is, byte by byte. */
export function fromContent(content: Buffer, format: number, headed: number): string {
  const header = headed === 0 || content.length === 0 ? 0 : Math.min(content.length, content.readUInt8(0) + 1);
  const body = content.subarray(header);
  if (format === UCS2) return swapped(body.subarray(0, body.length & ~1)).toString('utf16le');
  if (format === GBK) return iconv.decode(body, 'gb18030');
  return body.toString(format === ASCII ? 'ascii' : 'latin1');
}

const ucs2 = (text: string): Buffer => swapped(Buffer.from(text, 'utf16le'));
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
