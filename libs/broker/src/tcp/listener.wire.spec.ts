import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { buildHj212, buildSl651, hj212Dialect, sl651Dialect } from '#devices';
import type { LinkDialect, LinkNotice, RegisteredDevice, RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import { createLogger, linkPassword } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { createTcpListener } from './listener.js';
import type { TcpLimits, TcpListener } from './options.js';

const soon = (look: () => boolean) => until('what the device does', PATIENCE_MS, look);
const secretHash = 'c0'.repeat(32);
const ids = ['0012345678', '010000A8900016F000169DC0'];
const registry = {
  device: (id: string) => (ids.includes(id) ? ({ deviceId: id, secretHash } as RegisteredDevice) : undefined),
} as RegistryView;
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.stop();
});

interface Bench {
  listener: TcpListener;
  taken: { packet: Packet; settle(error?: Error): void }[];
  notices: LinkNotice[];
}

async function listening(dialect: LinkDialect, limits: Partial<TcpLimits> = {}): Promise<Bench> {
  const taken: Bench['taken'] = [];
  const notices: LinkNotice[] = [];
  const listener = await createTcpListener({
    dialect,
    host: '127.0.0.1',
    port: 0,
    deviceRate: 0,
    registry,
    clock: { now: () => Date.now() },
    logger: createLogger('silent'),
    accept: (packet) =>
      new Promise((resolve, reject) => void taken.push({ packet, settle: (error) => (error ? reject(error) : resolve()) })),
    notice: (notice) => void notices.push(notice),
    limits,
  });
  open.push({ stop: () => listener.stop(100) });
  return { listener, taken, notices };
}

interface Peer {
  socket: Socket;
  heard: Buffer[];
  closed: boolean;
  bytes(): Buffer;
}

async function peer({ listener }: Bench): Promise<Peer> {
  const socket = connect({ port: listener.port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const heard: Buffer[] = [];
  const result: Peer = { socket, heard, closed: false, bytes: () => Buffer.concat(heard) };
  socket.on('data', (chunk) => void heard.push(chunk));
  socket.on('error', () => undefined);
  socket.on('close', () => (result.closed = true));
  open.push({ stop: async () => void socket.destroy() });
  return result;
}

const stamp = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(2, 19).replaceAll(/[-T:]/g, '');
const sl651 = (serial: number, password = linkPassword(secretHash, 'sl651')): Uint8Array =>
  buildSl651(
    { station: '0012345678', centre: 1, password },
    { afn: 0x32, end: 3, body: Buffer.from(`000${serial}${stamp()}F1F1001234567850F0F0${stamp().slice(0, 10)}2619000123`, 'hex') },
  );
const hj212 = (n: number): Uint8Array =>
  buildHj212(
    `QN=2026031406000000${n};ST=22;CN=2011;PW=${linkPassword(secretHash, 'hj212')};MN=${ids[1]};Flag=5;CP=&&DataTime=20260314060000;a34001-Rtd=1&&`,
  );

describe('a device on plain TCP', () => {
  it('is answered when its message is accepted and not before, in the order of its messages', async () => {
    const bench = await listening(sl651Dialect());
    const station = await peer(bench);
    station.socket.write(Buffer.concat([sl651(1), sl651(2)]));
    await soon(() => bench.taken.length === 2);
    expect(bench.taken[0]?.packet).toMatchObject({ deviceId: '0012345678', topic: 'sl651', dup: false });
    bench.taken[1]?.settle();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(station.heard).toEqual([]);
    bench.taken[0]?.settle();
    await soon(() => station.bytes().length === 50);
    expect([station.bytes()[15], station.bytes()[40]]).toEqual([1, 2]);
  });

  it('is disconnected when it may not speak any more', async () => {
    const bench = await listening(sl651Dialect());
    const [station, other] = [await peer(bench), await peer(bench)];
    station.socket.write(sl651(1));
    await soon(() => bench.taken.length === 1);
    bench.listener.disconnect('0012345678');
    bench.taken[0]?.settle();
    await soon(() => station.closed);
    expect([station.heard, other.closed, bench.listener.connections()]).toEqual([[], false, 1]);
  });

  it('is not answered and disconnected when its message could not be stored', async () => {
    const bench = await listening(hj212Dialect());
    const logger = await peer(bench);
    logger.socket.write(Buffer.concat([hj212(1), hj212(2)]));
    await soon(() => bench.taken.length === 2);
    bench.taken[0]?.settle(new Error('the store is away'));
    bench.taken[1]?.settle();
    await soon(() => logger.closed);
    expect([logger.heard, bench.notices.includes('not-accepted')]).toEqual([[], true]);
  });

  it('speaks HJ 212: 9014 comes when it is stored', async () => {
    const bench = await listening(hj212Dialect());
    const logger = await peer(bench);
    logger.socket.write(hj212(7));
    await soon(() => bench.taken.length === 1);
    bench.taken[0]?.settle();
    await soon(() => logger.bytes().includes('CN=9014'));
    expect(logger.bytes().toString()).toContain('QN=20260314060000007;ST=91;');
  });

  it('is cut off for a wrong password, for noise, for a message that only drips, and when there are too many', async () => {
    const bench = await listening(sl651Dialect(), { connections: 3, messageMs: 1_000 });
    const [stranger, noisy, dripping] = [await peer(bench), await peer(bench), await peer(bench)];
    await soon(() => bench.listener.connections() === 3);
    const oneTooMany = await peer(bench);
    await soon(() => oneTooMany.closed);
    stranger.socket.write(sl651(1, '0000'));
    noisy.socket.write(Buffer.alloc(9000, 'x'));
    dripping.socket.write(sl651(1).subarray(0, 10));
    await soon(() => stranger.closed && noisy.closed && dripping.closed);
    expect(bench.notices.filter((notice) => !['connected', 'disconnected'].includes(notice)).toSorted()).toEqual([
      'refused',
      'too-many',
      'too-slow',
      'unreadable',
    ]);
    expect([stranger, noisy, dripping].flatMap(({ heard }) => heard)).toEqual([]);
    await soon(() => bench.listener.connections() === 0);
  });

  it('is not read on while too many of its messages wait, and nothing of them is lost', async () => {
    const bench = await listening(sl651Dialect(), { inFlight: 4 });
    const station = await peer(bench);
    const count = 3000;
    station.socket.write(Buffer.concat(Array.from({ length: count }, (_, n) => sl651((n % 9) + 1))));
    await soon(() => bench.taken.length >= 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // One chunk of the socket may hold more than the limit; the next is not read.
    expect(bench.taken.length).toBeLessThan(count);
    let settled = 0;
    while (settled < count) {
      await soon(() => bench.taken.length > settled);
      while (settled < bench.taken.length) {
        bench.taken[settled]?.settle();
        settled += 1;
      }
    }
    await soon(() => station.bytes().length === count * 25);
  });

  it('is waited for when the listener stops: what is under way is answered', async () => {
    const bench = await listening(sl651Dialect());
    const station = await peer(bench);
    station.socket.write(sl651(1));
    await soon(() => bench.taken.length === 1);
    const stopped = bench.listener.stop(2_000);
    bench.taken[0]?.settle();
    await stopped;
    await soon(() => station.closed);
    expect(station.bytes().length).toBe(25);
  });
});
