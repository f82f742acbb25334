import type { Server } from 'socket.io';
import * as scene from '../scene/index.js';
import { signedIn } from './routes.js';
import type { Script } from './script.js';

/** `/wall`: the whole picture to whoever connects. @param admits false while the station is away */
export function serveWall(io: Server, script: Script, admits: () => boolean): void {
  const wall = io.of('/wall');
  wall.use((socket, next) => next(signedIn(socket.handshake) && admits() ? undefined : new Error('unauthenticated')));
  wall.on('connection', (socket) => {
    socket.on('watch', (_: unknown, ack?: (answer: unknown) => void) => ack?.({ ok: true }));
    const open = [...script.warnings.values()].filter((one) => one.state !== 'closed');
    socket.emit('snapshot', {
      seq: script.seq,
      at: Date.now(),
      points: scene.points.map((one) => {
        const warning = open.find(({ hazardPoint }) => hazardPoint === one.unifiedCode);
        return {
          ...one,
          level: script.levels[one.unifiedCode],
          state: warning?.state ?? null,
          warning: warning?.id ?? null,
          exercise: one.drill !== undefined,
          freshness: 'fresh',
          lastReadingAt: scene.iso(1000),
        };
      }),
      channels: scene.channels,
      devices: scene.devices,
      warnings: open,
      values: [],
      alarms: [],
      messages: [],
    });
  });
}

/** `/consult`: one room, in which what one says all hear. */
export function serveRooms(io: Server, script: Script): void {
  const rooms = io.of('/consult');
  rooms.on('connection', (socket) => {
    socket.on('join', (_: unknown, ack?: (answer: unknown) => void) => ack?.({ ok: true, consultation: script.record() }));
    socket.on('chat', ({ text }: { text: string }, ack?: (answer: unknown) => void) => {
      const message = { id: `m${script.chat.length + 1}`, by: scene.user.displayName, at: scene.iso(), text };
      script.chat.push(message);
      rooms.emit('chat', { ...message, consultation: 'c1' });
      ack?.({ ok: true, message });
    });
  });
}
