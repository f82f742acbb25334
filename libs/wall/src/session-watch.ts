import type { User } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { Server, Socket } from 'socket.io';

/**
 * How often every socket's session is asked for again, ms. Longer: who has logged out, or was logged out, reads on that much longer;
 * shorter: each wall costs the database a look-up that often.
 */
export const sessionInterval = 5_000;

/**
 * Ends the sockets whose session is over (logged out, expired, user gone). A handshake is checked once; without this a wall left open
 * would show a county to nobody's account for ever. A session that can't be checked (database away) stays: the picture must not go dark with it.
 */
export async function endOverSessions(
  io: Pick<Server, 'of'>,
  namespaces: readonly string[],
  userOf: (handshake: Socket['handshake']) => Promise<User | undefined>,
  logger: Logger,
): Promise<void> {
  for (const name of namespaces)
    for (const socket of io.of(name).sockets.values())
      try {
        if ((await userOf(socket.handshake)) === undefined) socket.disconnect(true);
      } catch (error) {
        logger.warn({ stage: 'wall', err: error }, 'sessions could not be checked; walls stay connected');
        return;
      }
}
