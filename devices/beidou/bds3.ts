import { fromHex, toHex, xor } from './bytes.js';
import type { BeidouFrame, FrameReader } from './frames.js';

/** 14,000 bits of a regional message as hexadecimal digits, and what stands around them. */
const LONGEST = 4_000;
/** Content as codes; `1` is Chinese text, `3` both. */
const CODES = '2';
/** FKI failure codes of the field: 12 is ours to see when the terminal never answered. */
const failures: Readonly<Record<string, string>> = {
  '1': 'frequency not reached',
  '2': 'reception suppressed',
  '3': 'radio silence',
  '4': 'sending failed',
  '5': 'no card in the terminal',
  '12': 'the terminal did not answer',
};

/** Reads one sentence of a Beidou-3 terminal: `$BDTCI,<from>,<to>,<channel>,<hhmmss>,<encoding>,<parts left>,<content>*hh`. */
export const readBds3: FrameReader = (bytes) => {
  const end = endOf(bytes);
  if (end === undefined) return undefined;
  const body = bytes.subarray(1, end);
  const text = String.fromCharCode(...body);
  if (!/^(?:BD|CC|BB)[A-Z]{3}[,0-9A-Za-z.:+-]*$/.test(text)) return undefined;
  const size = end + 3;
  const given = fromHex(String.fromCharCode(...bytes.subarray(end + 1, size)))?.[0];
  const name = text.slice(0, 5);
  if (given !== xor(body)) return { frame: { fault: `the checksum of $${name} is wrong` }, size };
  return { frame: sentence(name.slice(2), text.split(',').slice(1)), size };
};

/** Where the `*` before the checksum stands. The search ends at the next dollar, so that noise of dollars costs no more than its length. */
function endOf(bytes: Uint8Array): number | undefined {
  for (let at = 1; at < Math.min(bytes.length - 2, LONGEST); at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x2a) return at;
    if (byte < 0x20 || byte > 0x7e || byte === 0x24) return undefined;
  }
  return undefined;
}

function sentence(name: string, fields: readonly string[]): BeidouFrame {
  if (name === 'TCI') return message(fields);
  if (name === 'FKI') {
    const failed = fields[2] === 'N';
    const code = Number(fields[3] ?? '');
    return { kind: 'feedback', failure: failed ? code : undefined, detail: failures[String(code)] ?? `code ${code}` };
  }
  // Card, signal, identity: the state of the terminal.
  if (/^(?:ICI|ICP|PWI|ZTI|RMO|SNR)$/.test(name)) return { kind: 'terminal' };
  return { fault: `$BD${name} is no sentence that is read here` };
}

function message(fields: readonly string[]): BeidouFrame {
  const [from = '', , , , encoding, left, content = ''] = fields;
  if (fields.length !== 7 || !/^\d{1,10}$/.test(from)) return { fault: `$BDTCI has 7 fields, this has ${fields.length}` };
  if (encoding !== CODES) return { fault: `$BDTCI with content of kind ${encoding}; a packed alarm is sent as codes (kind 2)` };
  if (left !== '0') return { fault: `$BDTCI in parts (${left} to come); a packed alarm fits one` };
  const bytes = fromHex(content);
  return bytes ? { kind: 'message', from: Number(from), content: bytes } : { fault: 'the content of $BDTCI is not hexadecimal' };
}

/** The order to a terminal to send codes (`$CCTCQ`). */
export const buildTcq = (to: number, content: Uint8Array): Uint8Array => sealed(`CCTCQ,${to},2,1,2,${toHex(content)},0`);

/** What a terminal hands on of a message it received (`$BDTCI`). @param clock hhmmss */
export const buildTci = (from: number, to: number, clock: string, content: Uint8Array): Uint8Array =>
  sealed(`BDTCI,${from},${to},2,${clock},2,0,${toHex(content)}`);

/** Asks the terminal for its card (`$CCICR`). */
export const buildIcr = (): Uint8Array => sealed('CCICR,0,00');

function sealed(body: string): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  return new TextEncoder().encode(`$${body}*${toHex(Uint8Array.of(xor(bytes)))}\r\n`);
}
