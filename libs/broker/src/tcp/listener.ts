import type { Socket } from 'node:net';
import type { LinkNotice, LinkTools } from '#libs/contracts';
import { linkPassword, sameHash } from '#libs/platform';
import { Acceptance } from '../edge/acceptance.js';
import { openListener } from '../edge/listener.js';
import { TcpConnection } from './connection.js';
import { Guesses } from './guesses.js';
import { tcpLimits, type TcpListener, type TcpListenerOptions } from './options.js';

/** How often connections are looked at for what is due. */
const WAKE_MS = 1_000;

/** What a person may have to act on; the rest is everyday life of a radio link. */
const warned: ReadonlySet<LinkNotice> = new Set([
  'refused',
  'unreadable',
  'parts-missing',
  'serial-gap',
  'clock-off',
  'too-large',
  'too-many',
]);

/**
 * Opens the port of a protocol over plain TCP. Devices give id and password in each message; answers leave after acceptance.
 * @throws the listen error (`EADDRINUSE`…) when the port can't be opened
 */
export async function createTcpListener(options: TcpListenerOptions): Promise<TcpListener> {
  const { dialect, logger, clock } = options;
  const limits = { ...tcpLimits, ...options.limits };
  const open = new Map<Socket, TcpConnection>();
  const guesses = new Guesses();
  const acceptance = new Acceptance({ accept: (packet) => options.accept(packet), notice: () => options.notice?.('not-accepted'), logger });

  const note = (notice: LinkNotice, about: { deviceId?: string | undefined; detail?: string; remote?: string | undefined }): void => {
    options.notice?.(notice);
    const { deviceId, detail, remote } = about;
    const fields = { protocol: dialect.name, notice, deviceId, remote };
    if (warned.has(notice)) logger.warn(fields, detail ?? notice);
    else logger.debug(fields, detail ?? notice);
  };

  const toolsFor = (remote: string): LinkTools => ({
    login: (deviceIds, password) => {
      const now = clock.now();
      for (const deviceId of deviceIds) {
        const device = options.registry.device(deviceId);
        if (!device || !guesses.mayTry(remote, deviceId, now)) continue;
        if (sameHash(linkPassword(device.secretHash, dialect.name), password)) {
          guesses.right(remote, deviceId);
          return deviceId;
        }
        guesses.wrong(remote, deviceId, now);
      }
      return undefined;
    },
  });

  function admit(socket: Socket): boolean {
    if (open.size < limits.connections) return true;
    note('too-many', { remote: socket.remoteAddress, detail: `${limits.connections} connections are open, this one is refused` });
    socket.destroy();
    return false;
  }

  function connected(socket: Socket): void {
    const remote = socket.remoteAddress ?? '';
    const connection = new TcpConnection(socket, dialect.open(toolsFor(remote)), {
      limits,
      rate: options.deviceRate,
      now: () => clock.now(),
      accept: (deviceId, payload, settle) =>
        acceptance.accept({ deviceId, topic: dialect.topic, payload, dup: false, receivedAt: clock.now() }, settle),
      note: (notice, about) => note(notice, { ...about, remote }),
    });
    open.set(socket, connection);
    options.notice?.('connected');
    socket.once('close', () => {
      open.delete(socket);
      options.notice?.('disconnected');
    });
  }

  const { server, port } = await openListener({ host: options.host, port: options.port }, admit, connected);
  const timer = setInterval(() => {
    for (const connection of open.values()) connection.wake();
  }, WAKE_MS);
  timer.unref();

  return {
    port,
    connections: () => open.size,
    disconnect: (deviceId) => {
      for (const connection of open.values()) if (connection.deviceId === deviceId) connection.cutOff();
    },
    stop: async (graceMs = 5_000) => {
      clearInterval(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open.keys()) socket.pause();
      await acceptance.idle(graceMs);
      // `end` lets the answers just released leave before the socket goes.
      for (const socket of open.keys()) socket.destroySoon();
      const late = setTimeout(() => {
        for (const socket of open.keys()) socket.destroy();
      }, 500);
      await closed;
      clearTimeout(late);
    },
  };
}
