import { io } from 'socket.io-client';
import type { WallEvent } from '#libs/contracts';

/** A wall that only listens for events. */
export interface Wall {
  close(): void;
}

/** Connects as a browser does (websocket) and resolves when the first picture is there. @param heard each event, as it arrives */
export async function openWall(url: string, token: string, heard: (event: Pick<WallEvent, 'type' | 'payload'>) => void): Promise<Wall> {
  const socket = io(`${url}/wall`, { auth: { token }, transports: ['websocket'], reconnection: false });
  socket.on('event', heard);
  await new Promise<void>((resolve, reject) => {
    socket.once('snapshot', () => resolve());
    socket.once('connect_error', reject);
  });
  return { close: () => void socket.disconnect() };
}
