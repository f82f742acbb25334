/**
 * The packets of CMPP 2.0 and 3.0 the gateway's side reads and writes, by their offsets in the specification. Written apart from the station's
 * codec on purpose: two that agree are worth more than one used twice.
 */
export const commands = {
  connect: 1,
  terminate: 2,
  submit: 4,
  deliver: 5,
  activeTest: 8,
  answer: 0x8000_0000,
} as const;

export interface Header {
  command: number;
  sequence: number;
  body: Buffer;
}

/** Cuts whole packets off the front of a buffer. */
export function cut(buffer: Buffer): { packets: Header[]; rest: Buffer } {
  const packets: Header[] = [];
  let rest = buffer;
  while (rest.length >= 12 && rest.length >= rest.readUInt32BE(0)) {
    const length = Math.max(12, rest.readUInt32BE(0));
    packets.push({ command: rest.readUInt32BE(4), sequence: rest.readUInt32BE(8), body: rest.subarray(12, length) });
    rest = rest.subarray(length);
  }
  return { packets, rest };
}

export function packet(command: number, sequence: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(12);
  header.writeUInt32BE(12 + body.length, 0);
  header.writeUInt32BE(command >>> 0, 4);
  header.writeUInt32BE(sequence, 8);
  return Buffer.concat([header, body]);
}

export const octets = (text: string, size: number): Buffer => {
  const field = Buffer.alloc(size);
  field.write(text, 0, size, 'latin1');
  return field;
};
export const byte = (value: number): Buffer => Buffer.from([value]);
export const word = (value: number): Buffer => {
  const field = Buffer.alloc(4);
  field.writeUInt32BE(value >>> 0);
  return field;
};
const textAt = (bytes: Buffer, at: number, size: number): string => bytes.toString('latin1', at, at + size).replace(/\0.*$/s, '');

export interface Submission {
  parts: number;
  part: number;
  wantsReport: boolean;
  serviceId: string;
  /** `TP_udhi`. */
  headed: boolean;
  format: number;
  source: string;
  validUntil: string;
  from: string;
  to: string;
  content: Buffer;
}

/** Body of a SUBMIT to one number; undefined when it is not as long as it says. */
export function readSubmit(body: Buffer, v3: boolean): Submission | undefined {
  const number = v3 ? 32 : 21;
  const type = v3 ? 1 : 0;
  // Msg_Id 8, Pk_total, Pk_number, Registered_Delivery, Msg_level, Service_Id 10, Fee_UserType, Fee_terminal_Id, [type], TP_pId
  const udhi = 8 + 4 + 10 + 1 + number + type + 1;
  // TP_udhi, Msg_Fmt, Msg_src 6, FeeType 2, FeeCode 6, ValId_Time 17, At_Time 17, Src_Id 21, DestUsr_tl
  const to = udhi + 2 + 6 + 2 + 6 + 17 + 17 + 21 + 1;
  const length = to + number + type;
  if (body.length <= length || body.length < length + 1 + body.readUInt8(length) + (v3 ? 20 : 8)) return undefined;
  if (body.readUInt8(to - 1) !== 1) return undefined;
  return {
    parts: body.readUInt8(8),
    part: body.readUInt8(9),
    wantsReport: body.readUInt8(10) === 1,
    serviceId: textAt(body, 12, 10),
    headed: body.readUInt8(udhi) === 1,
    format: body.readUInt8(udhi + 1),
    source: textAt(body, udhi + 2, 6),
    validUntil: textAt(body, udhi + 16, 17),
    from: textAt(body, to - 22, 21),
    to: textAt(body, to, number),
    content: body.subarray(length + 1, length + 1 + body.readUInt8(length)),
  };
}

/** Body of a DELIVER. `report`: its content is one. */
export function deliver(
  given: { msgId: Buffer; to: string; serviceId: string; from: string; report: boolean; content: Buffer },
  v3: boolean,
): Buffer {
  const { msgId, to, serviceId, from, report, content } = given;
  const format = byte(report ? 0 : 8);
  const sender = v3 ? [octets(from, 32), byte(0)] : [octets(from, 21)];
  return Buffer.concat([
    msgId,
    octets(to, 21),
    octets(serviceId, 10),
    byte(0),
    byte(0),
    format,
    ...sender,
    byte(report ? 1 : 0),
    byte(content.length),
    content,
    octets('', v3 ? 20 : 8),
  ]);
}

/** Content of a report: which message, what became of it, when it was submitted and when that was (`YYMMDDHHMM`). */
export const reportContent = (msgId: Buffer, state: string, submitted: string, done: string, to: string, v3: boolean): Buffer =>
  Buffer.concat([msgId, octets(state, 7), octets(submitted, 10), octets(done, 10), octets(to, v3 ? 32 : 21), word(1)]);

/** UCS-2 as it is on the wire. */
export const toUcs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
export const fromUcs2 = (bytes: Buffer): string =>
  Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
