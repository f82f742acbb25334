import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between a worker and its database that can be cut: nothing passes, and neither end is told, as when a cable is pulled. */
export class CutWire {
  readonly #sockets = new Set<Socket>();
  #whole = true;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  /** @param url postgres:// of the database at the other end */
  static async to(url: string): Promise<CutWire> {
    const there = new URL(url);
    const server = createServer((near) => {
      const far = connect(Number(there.port), there.hostname);
      wire.#join(near, far);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const here = new URL(url);
    here.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const wire = new CutWire(here.href, server);
    return wire;
  }

  cut(): void {
    this.#whole = false;
    for (const socket of this.#sockets) socket.pause();
  }

  /** What was said meanwhile arrives now, late. */
  mend(): void {
    this.#whole = true;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => void to.write(bytes));
      from.on('error', () => undefined);
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (!this.#whole) from.pause();
    }
  }
}
