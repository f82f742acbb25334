import type { WallFrame, WallSnapshot } from '#libs/contracts';
import type { Observation } from './scenario.js';
import { PATIENCE_MS } from './until.js';

/** An event as `/wall` sends it. */
export interface SeenEvent {
  seq: number;
  type: string;
  at: number;
  payload: unknown;
}

/** A wall on the socket: keeps what it was shown. Each event is also an observation of its type. */
export class WallObserver {
  readonly events: SeenEvent[] = [];
  readonly frames: WallFrame[] = [];
  readonly snapshots: WallSnapshot[] = [];
  #close: (() => void) | undefined;
  #ask: ((message: string, payload: unknown) => Promise<unknown>) | undefined;

  private constructor(readonly observations: Observation[]) {}

  /**
   * Connects and resolves with the first snapshot.
   * @param offset seq of the last event it has seen; absent = only what comes
   */
  static async connect(url: string, token: string, options: { offset?: number; observations?: Observation[] } = {}): Promise<WallObserver> {
    const { io } = await import('socket.io-client');
    const { offset, observations = [] } = options;
    const wall = new WallObserver(observations);
    const socket = io(`${url}/wall`, {
      auth: { token, ...(offset === undefined ? {} : { offset }) },
      transports: ['websocket'],
      reconnection: false,
    });
    wall.#close = () => socket.disconnect();
    wall.#ask = (message, payload) => socket.timeout(PATIENCE_MS).emitWithAck(message, payload) as Promise<unknown>;
    socket.on('event', (event: SeenEvent) => {
      wall.events.push(event);
      observations.push({ at: Date.now(), kind: event.type, what: event.payload });
    });
    socket.on('frame', (frame: WallFrame) => wall.frames.push(frame));
    await new Promise<void>((resolve, reject) => {
      socket.on('snapshot', (snapshot: WallSnapshot) => {
        wall.snapshots.push(snapshot);
        resolve();
      });
      socket.once('connect_error', (error) => reject(error));
      socket.once('disconnect', (reason) => reject(new Error(`the wall was closed before its picture came: ${reason}`)));
    });
    return wall;
  }

  /** Says something to the station and resolves with its answer. */
  async ask(message: string, payload: unknown): Promise<unknown> {
    return this.#ask?.(message, payload);
  }

  close(): void {
    this.#close?.();
  }
}
