import type { Socket } from 'node:net';
import type { LinkNotice, LinkSession, LinkStep } from '#libs/contracts';
import { InOrder } from '../packet/in-order.js';
import { Pacer } from '../packet/pacer.js';
import type { TcpLimits } from './options.js';

export interface ConnectionNeeds {
  limits: TcpLimits;
  rate: number;
  now(): number;
  /** Makes one message durable; `settle` gets null, or why it is not. */
  accept(deviceId: string, payload: Uint8Array, settle: (error: Error | null) => void): void;
  note(notice: LinkNotice, about: { deviceId?: string | undefined; detail?: string }): void;
}

/** One device on a socket: carries out what the protocol wants, in order, and answers only what is durable. */
export class TcpConnection {
  readonly #order = new InOrder();
  readonly #pacer: Pacer;
  readonly #openedAt: number;
  #deviceId: string | undefined;
  #heardAt: number;
  /** When the message that is still coming began; undefined: none is. */
  #begunAt: number | undefined;
  #over = false;

  constructor(
    private readonly socket: Socket,
    private readonly session: LinkSession,
    private readonly needs: ConnectionNeeds,
  ) {
    this.#pacer = new Pacer(needs.rate, () => performance.now());
    this.#openedAt = this.#heardAt = performance.now();
    socket.on('data', (chunk) => this.#heard(chunk));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#over = true;
      this.#pacer.stop();
    });
  }

  /** Who speaks here, once its first message was understood. */
  get deviceId(): string | undefined {
    return this.#deviceId;
  }

  /** Its device may not speak any more, or only with another password. */
  cutOff(): void {
    this.#close();
  }

  /** Called about once a second. */
  wake(): void {
    if (this.#over) return;
    this.#run(this.session.wake(this.needs.now()));
    const now = performance.now();
    const { messageMs, idleMs } = this.needs.limits;
    const begun = this.#deviceId === undefined ? this.#openedAt : this.#begunAt;
    if (begun !== undefined && now - begun > messageMs) this.#end('too-slow', 'a message did not come to its end');
    else if (now - this.#heardAt > idleMs) this.#end('too-slow', 'nothing came any more');
  }

  #heard(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#heardAt = performance.now();
    this.#begunAt ??= this.#heardAt;
    const steps = this.session.feed(chunk, this.needs.now());
    // A whole message ends the one that was coming; bytes behind it begin the next, which the next chunk will show.
    if (steps.some((step) => step.do === 'take' || (step.do === 'note' && step.deviceId !== undefined))) this.#begunAt = undefined;
    this.#run(steps);
  }

  #run(steps: readonly LinkStep[]): void {
    for (const step of steps) {
      if (this.#over) return;
      if ('deviceId' in step && step.deviceId !== undefined && step.do !== 'end') this.#deviceId ??= step.deviceId;
      if (step.do === 'take') this.#take(step);
      else if (step.do === 'say') this.#send([step.bytes]);
      else if (step.do === 'note') this.needs.note(step.notice, step);
      else this.#end(step.notice, step.detail, step.deviceId);
    }
  }

  #take({ deviceId, payload, answer }: LinkStep & { do: 'take' }): void {
    const settled = this.#order.place(() => {
      if (this.#over) return;
      this.#send(answer(this.needs.now()));
      if (this.#order.size < this.needs.limits.inFlight / 2) this.socket.resume();
    });
    if (this.#order.size >= this.needs.limits.inFlight) this.socket.pause();
    this.#pacer.enter(() =>
      this.needs.accept(deviceId, payload, (error) => {
        // Nothing behind it may be answered either: the device would take what it sent before for stored.
        if (error) this.#close();
        else settled();
      }),
    );
  }

  #send(answers: readonly Uint8Array[]): void {
    for (const bytes of answers) this.socket.write(bytes);
    if (this.socket.writableLength > this.needs.limits.unread) this.#end('too-slow', 'answers are not read');
  }

  #end(notice: LinkNotice, detail: string, deviceId = this.#deviceId): void {
    if (this.#over) return;
    this.needs.note(notice, { deviceId, detail });
    this.#close();
  }

  #close(): void {
    this.#over = true;
    this.#pacer.stop();
    this.socket.destroy();
  }
}
