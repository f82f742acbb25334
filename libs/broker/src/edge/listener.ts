import { createServer as createPlain, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';

/** Certificate of the MQTTS port, and the CA of client certificates (PEM). */
export interface TlsOptions {
  cert: string;
  key: string;
  clientCa?: string | undefined;
}

/**
 * Acknowledgements are tiny and leave at once (Nagle would hold them until the device's TCP acknowledges the last one); a peer
 * that vanished without keep-alive of MQTT is found by TCP.
 */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 } as const;
/** A handshake that is not finished then is given up, as is a connection without CONNECT. Less: slow modems fail. More: sockets that say nothing pile up. */
export const connectTimeoutMs = 10_000;
/** Connections the kernel may hold until they are accepted: after a power cut a whole county reconnects within seconds. */
const BACKLOG = 4096;

/**
 * Opens a port for devices; a TCP connection is offered to `admit` first.
 * @throws the listen error (`EADDRINUSE`…) when the port can't be opened
 */
export async function openListener(
  options: { host: string | undefined; port: number; tls?: TlsOptions | undefined },
  admit: (socket: Socket) => boolean,
  connected: (socket: Socket) => void,
): Promise<{ server: Server; port: number }> {
  const { tls } = options;
  const server = tls
    ? // A certificate that does not verify is refused after the handshake, so that it can be said which and why.
      createTls(
        {
          ...socketOptions,
          cert: tls.cert,
          key: tls.key,
          ca: tls.clientCa,
          requestCert: tls.clientCa !== undefined,
          rejectUnauthorized: false,
          handshakeTimeout: connectTimeoutMs,
        },
        connected,
      )
    : createPlain(socketOptions, (socket) => {
        if (admit(socket)) connected(socket);
      });
  if (tls) server.on('connection', (socket: Socket) => void admit(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: options.host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}
