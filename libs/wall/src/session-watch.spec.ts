import { describe, expect, it, vi } from 'vitest';
import type { Socket } from 'socket.io';
import type { User } from '#libs/contracts';
import { endOverSessions } from './session-watch.js';

type Handshake = Socket['handshake'];
const socketOf = (token: string) => ({
  handshake: { auth: { token } } as unknown as Handshake,
  disconnect: vi.fn<(close?: boolean) => void>(),
});
const tokenOf = ({ auth }: Handshake): unknown => (auth as { token: unknown }).token;

function scene() {
  const sockets = { wall: socketOf('over'), other: socketOf('good'), room: socketOf('over') };
  const spaces: Record<string, ReturnType<typeof socketOf>[]> = { '/wall': [sockets.wall, sockets.other], '/consult': [sockets.room] };
  const of = (name: string) => ({ sockets: new Map((spaces[name] ?? []).map((socket, index) => [String(index), socket])) });
  const logger = { warn: vi.fn<(...said: unknown[]) => void>() };
  const run = (userOf: (handshake: Handshake) => Promise<User | undefined>) =>
    endOverSessions({ of } as never, ['/wall', '/consult'], userOf, logger as never);
  return { sockets, logger, run };
}

describe('sockets of sessions that are over', () => {
  it('are ended in every namespace, the others are left alone', async () => {
    const { sockets, run } = scene();
    await run((handshake) => Promise.resolve(tokenOf(handshake) === 'good' ? ({ id: 'u' } as User) : undefined));
    expect(sockets.wall.disconnect).toHaveBeenCalledWith(true);
    expect(sockets.room.disconnect).toHaveBeenCalledWith(true);
    expect(sockets.other.disconnect).not.toHaveBeenCalled();
  });

  it('stay while sessions cannot be checked', async () => {
    const { sockets, logger, run } = scene();
    await run(() => Promise.reject(new Error('database is away')));
    expect(sockets.wall.disconnect).not.toHaveBeenCalled();
    expect(logger.warn).toHaveBeenCalledOnce();
  });
});
