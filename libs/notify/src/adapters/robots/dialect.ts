import type { ErrorClass } from '../../ports.js';

/** How a vendor's group robot is spoken to. */
export interface RobotDialect {
  /** Address and body of one message. @param title few words, shown where the message itself is not */
  request(title: string, text: string, now: number): { url: string; body: string };
  /** Class of an `errcode` other than 0. */
  classify(errcode: number): ErrorClass;
}

/** A text in at most this many bytes of UTF-8, cut between characters; that it was cut is said. */
export function fitBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const end = '…';
  let room = most - Buffer.byteLength(end);
  let kept = '';
  for (const character of text) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return kept + end;
}

/** Text that markdown shows as it is: a place may be called 3*组_a. */
export const plainInMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>~-]/g, (mark) => `\\${mark}`);
