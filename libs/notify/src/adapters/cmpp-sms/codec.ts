/**
 * China Mobile Peer to Peer, packets of the service provider's side (CMPP 2.0 and 3.0; notify.md §3.1). Pure: bytes in, values out.
 * A packet is a header of 12 bytes (total length, command, sequence number; big-endian) and a body of fixed fields. The versions differ
 * in sizes only; a field that 2.0 does not have has size 0 there and reads as 0 or ''.
 */
export type CmppVersion = '2.0' | '3.0';

/** `uint`: 1 or 4 bytes. `id`: 8 bytes, as 16 hex digits. `text`: ASCII padded with NUL. `raw`: bytes. `content`: one byte of length, then as many bytes. */
interface Kinds {
  uint: number;
  id: string;
  text: string;
  raw: Buffer;
  content: Buffer;
}
/** One size for both versions, or [2.0, 3.0]. */
type Size = number | readonly [number, number];
type Field = readonly [name: string, kind: keyof Kinds, size: Size];

const commands = {
  connect: 0x0000_0001,
  connectResp: 0x8000_0001,
  terminate: 0x0000_0002,
  terminateResp: 0x8000_0002,
  submit: 0x0000_0004,
  submitResp: 0x8000_0004,
  deliver: 0x0000_0005,
  deliverResp: 0x8000_0005,
  activeTest: 0x0000_0008,
  activeTestResp: 0x8000_0008,
} as const;
export type CmppCommand = keyof typeof commands;
const commandOf = new Map(Object.entries(commands).map(([name, id]) => [id as number, name as CmppCommand]));

const layouts = {
  connect: [
    ['source', 'text', 6],
    ['authenticator', 'raw', 16],
    ['version', 'uint', 1],
    ['timestamp', 'uint', 4],
  ],
  connectResp: [
    ['status', 'uint', [1, 4]],
    ['authenticator', 'raw', 16],
    ['version', 'uint', 1],
  ],
  terminate: [],
  terminateResp: [],
  submit: [
    ['msgId', 'id', 8],
    ['partCount', 'uint', 1],
    ['part', 'uint', 1],
    ['registered', 'uint', 1],
    ['level', 'uint', 1],
    ['serviceId', 'text', 10],
    ['feeUserType', 'uint', 1],
    ['feeNumber', 'text', [21, 32]],
    ['feeNumberType', 'uint', [0, 1]],
    ['protocolId', 'uint', 1],
    ['headed', 'uint', 1],
    ['format', 'uint', 1],
    ['source', 'text', 6],
    ['feeType', 'text', 2],
    ['feeCode', 'text', 6],
    ['validUntil', 'text', 17],
    ['sendAt', 'text', 17],
    ['from', 'text', 21],
    ['toCount', 'uint', 1],
    ['to', 'text', [21, 32]],
    ['toType', 'uint', [0, 1]],
    ['content', 'content', 0],
    ['reserved', 'text', [8, 20]],
  ],
  submitResp: [
    ['msgId', 'id', 8],
    ['result', 'uint', [1, 4]],
  ],
  deliver: [
    ['msgId', 'id', 8],
    ['to', 'text', 21],
    ['serviceId', 'text', 10],
    ['protocolId', 'uint', 1],
    ['headed', 'uint', 1],
    ['format', 'uint', 1],
    ['from', 'text', [21, 32]],
    ['fromType', 'uint', [0, 1]],
    ['registered', 'uint', 1],
    ['content', 'content', 0],
    ['reserved', 'text', [8, 20]],
  ],
  deliverResp: [
    ['msgId', 'id', 8],
    ['result', 'uint', [1, 4]],
  ],
  activeTest: [],
  activeTestResp: [['reserved', 'uint', 1]],
} as const satisfies Record<CmppCommand, readonly Field[]>;

/** Content of a DELIVER that reports on a message of ours. */
const reportLayout = [
  ['msgId', 'id', 8],
  ['state', 'text', 7],
  ['submittedAt', 'text', 10],
  ['doneAt', 'text', 10],
  ['to', 'text', [21, 32]],
  ['smscSequence', 'uint', 4],
] as const satisfies readonly Field[];

type Values<L extends readonly Field[]> = { [F in L[number] as F[0]]: Kinds[F[1]] };
export type CmppBody<C extends CmppCommand = CmppCommand> = Values<(typeof layouts)[C]>;
/** A packet with its command as the tag. */
export type CmppPacket = { [C in CmppCommand]: { command: C; body: CmppBody<C> } }[CmppCommand];
export type CmppReport = Values<typeof reportLayout>;

export const HEADER_BYTES = 12;

const sizeOf = (size: Size, version: CmppVersion): number => (typeof size === 'number' ? size : size[version === '2.0' ? 0 : 1]);

/**
 * @param sequence 0 … 2³²−1, echoed by the answer
 * @throws RangeError when a value does not fit its field: the caller made the packet, so this is a defect
 */
export function encode({ command, body }: CmppPacket, sequence: number, version: CmppVersion): Buffer {
  const fields = write(layouts[command], body, version);
  const packet = Buffer.alloc(HEADER_BYTES + fields.length);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt32BE(commands[command], 4);
  packet.writeUInt32BE(sequence >>> 0, 8);
  fields.copy(packet, HEADER_BYTES);
  return packet;
}

export type Decoded = { packet: CmppPacket; sequence: number } | { fault: 'unknown-command' | 'too-short'; sequence: number };

/** Reads one whole packet. Total: never throws, whatever the bytes are. Bytes after the last field are ignored. */
export function decode(bytes: Buffer, version: CmppVersion): Decoded {
  if (bytes.length < HEADER_BYTES) return { fault: 'too-short', sequence: 0 };
  const sequence = bytes.readUInt32BE(8);
  const command = commandOf.get(bytes.readUInt32BE(4));
  if (!command) return { fault: 'unknown-command', sequence };
  const body = read(layouts[command], bytes.subarray(HEADER_BYTES), version);
  return body ? { packet: { command, body } as CmppPacket, sequence } : { fault: 'too-short', sequence };
}

/** The report inside a DELIVER whose `registered` is 1; undefined when the content is none. */
export const decodeReport = (content: Buffer, version: CmppVersion): CmppReport | undefined =>
  read(reportLayout, content, version) as CmppReport | undefined;

export const encodeReport = (report: CmppReport, version: CmppVersion): Buffer => write(reportLayout, report, version);

function write(layout: readonly Field[], values: Readonly<Record<string, unknown>>, version: CmppVersion): Buffer {
  return Buffer.concat(layout.map(([name, kind, size]) => writeField(kind, sizeOf(size, version), values[name], name)));
}

function writeField(kind: keyof Kinds, size: number, value: unknown, name: string): Buffer {
  const field = Buffer.alloc(size);
  if (kind === 'uint') {
    if (size > 0) field.writeUIntBE(Number(value), 0, size);
    return field;
  }
  if (kind === 'content') {
    const content = value as Buffer;
    if (content.length > 255) throw new RangeError(`cmpp ${name}: ${content.length} bytes, 255 fit`);
    return Buffer.concat([Buffer.from([content.length]), content]);
  }
  const bytes = kind === 'raw' ? (value as Buffer) : Buffer.from(String(value), kind === 'id' ? 'hex' : 'latin1');
  if (bytes.length > size) throw new RangeError(`cmpp ${name}: ${bytes.length} bytes, ${size} fit`);
  bytes.copy(field);
  return field;
}

function read(layout: readonly Field[], bytes: Buffer, version: CmppVersion): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [name, kind, declared] of layout) {
    let size = sizeOf(declared, version);
    if (kind === 'content') {
      if (at >= bytes.length) return undefined;
      size = bytes.readUInt8(at);
      at += 1;
    }
    if (at + size > bytes.length) return undefined;
    values[name] = readField(kind, bytes.subarray(at, at + size));
    at += size;
  }
  return values;
}

function readField(kind: keyof Kinds, field: Buffer): number | string | Buffer {
  if (kind === 'uint') return field.length === 0 ? 0 : field.readUIntBE(0, field.length);
  if (kind === 'id') return field.toString('hex');
  if (kind === 'text') {
    const end = field.indexOf(0);
    return field.toString('latin1', 0, end < 0 ? field.length : end);
  }
  return field;
}
