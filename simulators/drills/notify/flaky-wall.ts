import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';

/** How long a connection lives, ms: some die in the middle of their replay, some live to see events come. */
const SHORTEST_MS = 20;
const LONGEST_MS = 900;

/** A display on a bad line: its socket is torn at random moments, and it comes back with the number of the last event it has seen. */
export class FlakyWall {
  readonly seqs: number[] = [];
  kills = 0;
  #since: number | undefined;
  #going = true;
  #socket: Socket | undefined;
  readonly #life: Promise<void>;

  /** @param random uniform in [0, 1) */
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly random: () => number,
  ) {
    this.#life = this.#live();
  }

  /** Every event after this one is its to see; undefined until it was connected for the first time. */
  get since(): number | undefined {
    return this.#since;
  }

  /** From now on its line holds. */
  async heal(): Promise<void> {
    this.#going = false;
    await this.#life;
    this.#connect();
  }

  close(): void {
    this.#going = false;
    this.#socket?.disconnect();
  }

  async #live(): Promise<void> {
    while (this.#going) {
      this.#connect();
      await sleep(SHORTEST_MS + this.random() * (LONGEST_MS - SHORTEST_MS));
      if (!this.#going) return;
      this.#tear();
    }
  }

  /** Without a word to the other end, as a line breaks. */
  #tear(): void {
    const torn = this.#socket;
    torn?.off();
    const transport = torn?.io.engine?.transport as { ws?: { terminate?: () => void } } | undefined;
    if (transport?.ws?.terminate) transport.ws.terminate();
    torn?.disconnect();
    if (this.#since !== undefined) this.kills += 1;
  }

  #connect(): void {
    this.#socket?.off();
    this.#socket?.disconnect();
    const offset = this.seqs.at(-1) ?? this.#since;
    const auth = { token: this.token, ...(offset === undefined ? {} : { offset }) };
    const socket = io(`${this.url}/wall`, { auth, transports: ['websocket'], reconnection: false, forceNew: true });
    socket.on('snapshot', ({ seq }: { seq: number }) => (this.#since ??= seq));
    socket.on('event', ({ seq }: { seq: number }) => this.seqs.push(seq));
    this.#socket = socket;
  }
}
