import type { Duplex } from 'node:stream';
import type { Logger } from '#libs/platform';

/** A full station says so once in this time, ms: each refused device tries again every few seconds. */
const FULL_EVERY_MS = 60_000;

/** Counts TCP connections, with and without CONNECT: each is a descriptor, and one too many would cost the station its own files. */
export class Admission {
  readonly sockets = new Set<Duplex>();
  #fullSaid = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly most: number,
    private readonly logger: Logger,
    /** A connection was refused because the station is full. */
    private readonly full: () => void,
  ) {}

  /** @returns false when the station is full; the socket is destroyed then */
  admit(socket: Duplex): boolean {
    if (this.sockets.size >= this.most) {
      socket.destroy();
      this.#sayFull();
      return false;
    }
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return true;
  }

  #sayFull(): void {
    this.full();
    const now = performance.now();
    if (now - this.#fullSaid < FULL_EVERY_MS) return;
    this.#fullSaid = now;
    this.logger.error(
      { connections: this.sockets.size, maxConnections: this.most },
      'no more connections: devices are refused. Raise the limit of open files (ulimit -n, LimitNOFILE)',
    );
  }
}
