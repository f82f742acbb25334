import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { byte, commands, cut, octets, packet, readSubmit, word, type Header, type Submission } from './cmpp-packets.js';

/** SUBMITs the carrier leaves unanswered at once (notify.md §3.1). */
const WINDOW = 16;
/** An answer to a DELIVER that does not come in this time lets it be sent again. */
const AGAIN_MS = 2_000;

export interface LinkOptions {
  socket: Socket;
  account: { source: string; secret: string };
  /** Takes one SUBMIT: `answer` may be called later, or never. */
  submitted: (submission: Submission, link: CmppLink, answer: (msgId: Buffer, result: number) => void) => void;
  signedOn: (link: CmppLink) => void;
  /** `left`: what it was sent and never acknowledged. */
  over: (link: CmppLink, left: readonly Buffer[]) => void;
}

/** One connection of a service provider, as the carrier's gateway keeps it. */
export class CmppLink {
  readonly #options: LinkOptions;
  readonly #unacknowledged = new Map<number, { body: Buffer; again: NodeJS.Timeout }>();
  #left: Buffer = Buffer.alloc(0);
  #sequence = 1;
  #inWindow = 0;
  #signedOn = false;
  /** Version 3 packets; known from the sign-on. */
  v3 = true;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { socket } = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      const left = [...this.#unacknowledged.values()];
      for (const { again } of left) clearTimeout(again);
      options.over(
        this,
        left.map(({ body }) => body),
      );
    });
  }

  /** Delivers a report or a reply, again until it is acknowledged. */
  deliver(body: Buffer): void {
    this.#sequence += 1;
    this.#say(packet(commands.deliver, this.#sequence, body));
    const sequence = this.#sequence;
    const again = setTimeout(() => {
      this.#unacknowledged.delete(sequence);
      this.deliver(body);
    }, AGAIN_MS);
    this.#unacknowledged.set(sequence, { body, again });
  }

  /** Asks whether the other side lives. */
  test(): void {
    this.#sequence += 1;
    this.#say(packet(commands.activeTest, this.#sequence));
  }

  destroy(): void {
    this.#options.socket.destroy();
  }

  #read(chunk: Buffer): void {
    const { packets, rest } = cut(Buffer.concat([this.#left, chunk]));
    this.#left = rest;
    for (const one of packets) this.#take(one);
  }

  #take(given: Header): void {
    const { command, sequence, body } = given;
    if (command === commands.connect) return this.#signOn(given);
    if (!this.#signedOn) return this.destroy();
    switch (command >>> 0) {
      case commands.submit:
        return this.#submit(sequence, body);
      case commands.activeTest:
        return this.#say(packet(commands.answer + commands.activeTest, sequence, byte(0)));
      case commands.terminate:
        this.#say(packet(commands.answer + commands.terminate, sequence));
        return void this.#options.socket.end();
      case commands.answer + commands.deliver:
        clearTimeout(this.#unacknowledged.get(sequence)?.again);
        this.#unacknowledged.delete(sequence);
        return;
    }
  }

  #signOn({ sequence, body }: Header): void {
    const { source, secret } = this.#options.account;
    const version = body.readUInt8(22);
    this.v3 = version >= 0x30;
    const stamp = String(body.readUInt32BE(23)).padStart(10, '0');
    const expected = md5(octets(source, 6), Buffer.alloc(9), Buffer.from(secret), Buffer.from(stamp));
    const given = body.subarray(6, 22);
    const status = body.toString('latin1', 0, 6) !== source ? 2 : expected.equals(given) ? 0 : 3;
    const statusField = this.v3 ? word(status) : byte(status);
    this.#say(
      packet(commands.answer + commands.connect, sequence, statusField, md5(statusField, given, Buffer.from(secret)), byte(version)),
    );
    this.#signedOn = status === 0;
    if (this.#signedOn) this.#options.signedOn(this);
    else this.#options.socket.end();
  }

  #submit(sequence: number, body: Buffer): void {
    const submission = readSubmit(body, this.v3);
    const answer = (msgId: Buffer, result: number) => {
      this.#inWindow -= 1;
      this.#say(packet(commands.answer + commands.submit, sequence, msgId, this.v3 ? word(result) : byte(result)));
    };
    this.#inWindow += 1;
    if (!submission) return answer(Buffer.alloc(8), 1);
    if (this.#inWindow > WINDOW) return answer(Buffer.alloc(8), 8);
    this.#options.submitted(submission, this, answer);
  }

  #say(bytes: Buffer): void {
    if (this.#options.socket.writable) this.#options.socket.write(bytes);
  }
}

const md5 = (...parts: readonly Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();
