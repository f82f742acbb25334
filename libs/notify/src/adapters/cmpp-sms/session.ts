import { connect, type Socket } from 'node:net';
import { SECOND, type Clock } from '#libs/contracts';
import { decode, encode, type CmppBody, type CmppPacket, type CmppVersion } from './codec.js';
import { FLOW_CONTROL } from './errors.js';
import { FrameReader } from './frames.js';
import { connectBody, connectStatus, gatewayIsGenuine } from './sign-on.js';

/** Unanswered SUBMITs at once; carriers give 16. More are refused or close the connection, fewer leave the line idle. */
const WINDOW = 16;
/** TCP and sign-on together. Longer keeps a red message from the next driver, shorter gives up on a satellite line. */
const CONNECT_MS = 5 * SECOND;
/** Quiet this long, we ask whether the gateway lives: a line that died without a word loses at most this and the answer's time. */
const QUIET_MS = 30 * SECOND;
const TEST_ANSWER_MS = 10 * SECOND;
/** Shorter is refused again, longer wastes what the carrier would take. */
const FLOW_PAUSE_MS = SECOND;

export interface CmppAccount {
  host: string;
  port: number;
  /** SP id of six characters: `Source_Addr` and `Msg_src`. */
  source: string;
  secret: string;
  version: CmppVersion;
  /** After "too fast" nothing is submitted for this long; carriers count seconds. */
  flowPauseMs?: number;
}

/** A DELIVER; answered when this resolves, left unanswered (and so sent again by the gateway) when it rejects. */
export type OnDeliver = (deliver: CmppBody<'deliver'>) => Promise<void>;

/** What became of one SUBMIT. `unsent`: it never left. `unanswered`: it left, and nobody knows. */
export type Submitted =
  { kind: 'answered'; msgId: string; result: number } | { kind: 'unsent'; code: string } | { kind: 'unanswered'; code: string };

export class SignOnRefused extends Error {
  constructor(readonly code: string) {
    super(`cmpp sign-on: ${code}`);
  }
}

interface Pending {
  tell: (outcome: Submitted) => void;
  answered: Answered;
}
/** The gateway's answer to a SUBMIT; told also when it came too late for whoever submitted. */
export type Answered = (msgId: string, result: number) => void;

/** One connection that has signed on. It ends by itself when the line does; a new one is somebody else's business. */
export class CmppSession {
  readonly #socket: Socket;
  readonly #account: CmppAccount;
  readonly #onDeliver: OnDeliver;
  readonly #pending = new Map<number, Pending>();
  readonly #waiting: (() => void)[] = [];
  #sequence = 1;
  #pausedUntil = 0;
  #heart: NodeJS.Timeout | undefined;
  #ended: string | undefined;
  /** Resolves with the reason when the connection is over. */
  readonly over: Promise<string>;
  #tellOver: (reason: string) => void = () => undefined;

  private constructor(
    socket: Socket,
    account: CmppAccount,
    onDeliver: OnDeliver,
    readonly clock: Clock,
  ) {
    this.#socket = socket;
    this.#account = account;
    this.#onDeliver = onDeliver;
    this.over = new Promise((resolve) => (this.#tellOver = resolve));
  }

  /**
   * Connects and signs on.
   * @throws SignOnRefused when the gateway says no; any other error: it could not be reached
   */
  static async open(account: CmppAccount, onDeliver: OnDeliver, clock: Clock): Promise<CmppSession> {
    const socket = connect({ host: account.host, port: account.port, noDelay: true });
    const session = new CmppSession(socket, account, onDeliver, clock);
    const frames = new FrameReader();
    const { version, source, secret } = account;
    const hello = connectBody(source, secret, version, clock.now());
    await new Promise<void>((resolve, reject) => {
      const tooLate = setTimeout(() => socket.destroy(new Error('no answer to the sign-on')), CONNECT_MS);
      const failed = (error: Error) => {
        clearTimeout(tooLate);
        reject(error);
      };
      socket.once('connect', () => socket.write(encode({ command: 'connect', body: hello }, 1, version)));
      socket.once('error', failed);
      socket.once('close', () => failed(new Error('closed during the sign-on')));
      socket.on('data', (chunk) => {
        const { packets, fault } = frames.push(chunk);
        for (const bytes of packets) {
          const read = decode(bytes, version);
          if (!('packet' in read)) continue;
          if (read.packet.command !== 'connectResp') session.#take(read.packet, read.sequence);
          else if (read.packet.body.status === 0 && gatewayMayBeTrusted(read.packet.body, hello.authenticator, secret, version)) {
            clearTimeout(tooLate);
            resolve();
          } else {
            const { status } = read.packet.body;
            failed(new SignOnRefused(status === 0 ? 'gateway-not-genuine' : (connectStatus[status] ?? `status-${status}`)));
            socket.destroy();
          }
        }
        if (fault) socket.destroy(new Error(fault));
      });
    });
    socket.removeAllListeners('error').removeAllListeners('close');
    socket.once('error', (error) => (session.#ended ??= (error as NodeJS.ErrnoException).code ?? error.message));
    socket.once('close', () => session.#end());
    session.#beat();
    return session;
  }

  /**
   * Submits when the window has room.
   * @param signal gives up waiting for room, and waiting for the answer
   * @param left   called when it leaves; takes the answer, whenever that comes
   */
  async submit(body: CmppBody<'submit'>, signal: AbortSignal, left: () => Answered): Promise<Submitted> {
    while (this.#ended === undefined && (this.#pending.size >= WINDOW || this.clock.now() < this.#pausedUntil)) {
      if (signal.aborted) break;
      await this.#room(signal);
    }
    if (signal.aborted) return { kind: 'unsent', code: 'no-room-in-window' };
    if (this.#ended !== undefined) return { kind: 'unsent', code: 'connection-lost' };
    const sequence = this.#next();
    return new Promise((resolve) => {
      // A later answer still frees the window: the gateway counts it until it has answered.
      const giveUp = () => resolve({ kind: 'unanswered', code: 'no-answer' });
      signal.addEventListener('abort', giveUp, { once: true });
      this.#pending.set(sequence, {
        tell: (outcome) => {
          signal.removeEventListener('abort', giveUp);
          resolve(outcome);
        },
        answered: left(),
      });
      this.#say({ command: 'submit', body }, sequence);
    });
  }

  /** Says goodbye and closes. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#say({ command: 'terminate', body: {} }, this.#next());
    this.#ended = 'closed';
    this.#socket.end();
    // A gateway that does not close its side must not hold the station's end up.
    const enough = setTimeout(() => this.#socket.destroy(), 200);
    await this.over;
    clearTimeout(enough);
  }

  #take(packet: CmppPacket, sequence: number): void {
    this.#beat();
    switch (packet.command) {
      case 'submitResp': {
        const { msgId, result } = packet.body;
        if (result === FLOW_CONTROL) this.#pausedUntil = this.clock.now() + (this.#account.flowPauseMs ?? FLOW_PAUSE_MS);
        // At once: a report may stand right behind it.
        this.#pending.get(sequence)?.answered(msgId, result);
        this.#settle(sequence, { kind: 'answered', msgId, result });
        break;
      }
      case 'deliver': {
        const { msgId } = packet.body;
        this.#onDeliver(packet.body).then(
          () => this.#say({ command: 'deliverResp', body: { msgId, result: 0 } }, sequence),
          () => undefined,
        );
        break;
      }
      case 'activeTest':
        this.#say({ command: 'activeTestResp', body: { reserved: 0 } }, sequence);
        break;
      case 'terminate':
        this.#say({ command: 'terminateResp', body: {} }, sequence);
        this.#ended ??= 'terminated-by-gateway';
        this.#socket.end();
        break;
      case 'activeTestResp':
      case 'terminateResp':
      case 'connect':
      case 'connectResp':
      case 'submit':
      case 'deliverResp':
        break; // nothing to do; that it came is the news
    }
  }

  /** Something came, so the gateway lives: asks again only after a quiet time. */
  #beat(): void {
    clearTimeout(this.#heart);
    this.#heart = setTimeout(() => {
      this.#say({ command: 'activeTest', body: {} }, this.#next());
      this.#heart = setTimeout(() => this.#socket.destroy(new Error('gateway-silent')), TEST_ANSWER_MS).unref();
    }, QUIET_MS).unref();
  }

  #settle(sequence: number, outcome: Submitted): void {
    this.#pending.get(sequence)?.tell(outcome);
    this.#pending.delete(sequence);
    this.#waiting.shift()?.();
  }

  async #room(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, Math.max(10, this.#pausedUntil - this.clock.now()));
      signal.addEventListener('abort', go, { once: true });
      this.#waiting.push(go);
    });
  }

  #next(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  #say(packet: CmppPacket, sequence: number): void {
    if (this.#socket.writable) this.#socket.write(encode(packet, sequence, this.#account.version));
  }

  #end(): void {
    clearTimeout(this.#heart);
    const reason = (this.#ended ??= 'closed-by-gateway');
    for (const { tell } of this.#pending.values()) tell({ kind: 'unanswered', code: 'connection-lost' });
    this.#pending.clear();
    for (const wake of this.#waiting.splice(0)) wake();
    this.#tellOver(reason);
  }
}

/** A gateway that sends no authenticator is taken as it is; one that sends a wrong one is not the carrier. */
const gatewayMayBeTrusted = (answer: CmppBody<'connectResp'>, ours: Buffer, secret: string, version: CmppVersion): boolean =>
  answer.authenticator.every((byte) => byte === 0) || gatewayIsGenuine(answer, ours, secret, version);
