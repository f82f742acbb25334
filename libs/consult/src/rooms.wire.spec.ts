import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Consultation, User } from '#libs/contracts';
import { ChatMessage } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { PATIENCE_MS } from '#libs/testing';
import { Server } from 'socket.io';
import { io as client, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryConsultations } from './fakes/consultation-store.js';
import { ConsultRooms } from './rooms.js';
import { ConsultUseCases } from './use-cases.js';

const user = (name: string, roles: User['roles'], scope = ''): User => ({
  id: name,
  username: name,
  displayName: name,
  roles,
  scope,
  createdAt: '2026-05-01T00:00:00.000Z',
});
const users = new Map([
  ['a', user('expert', ['expert'])],
  ['b', user('signer', ['signer'])],
  ['v', user('viewer', ['viewer'])],
  ['x', user('foreign', ['expert'], '5101')],
]);
const record = {
  id: 'c1',
  warning: 'w1',
  divisionCode: '513221',
  state: 'open',
  chat: [],
  opinions: [],
  decision: null,
  version: 1,
} as unknown as Consultation;

const carryOut = () => Promise.reject(new Error('nobody signs here'));

let http: HttpServer;
let server: Server;
let rooms: ConsultRooms;
let memory: MemoryConsultations;
let sockets: Socket[];
beforeEach(async () => {
  http = createServer();
  server = new Server(http);
  memory = new MemoryConsultations();
  memory.records.set('c1', structuredClone(record));
  const useCases = new ConsultUseCases({ store: memory, ledger: memory, clock: { now: () => 0 }, carryOut });
  rooms = new ConsultRooms(useCases, createLogger('silent'));
  rooms.attach(server, (handshake) => Promise.resolve(users.get(String((handshake.auth as { token?: string }).token))));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  await server.close();
});

function connect(token: string) {
  const socket = client(`http://127.0.0.1:${(http.address() as AddressInfo).port}/consult`, {
    auth: { token },
    reconnection: false,
    forceNew: true,
  });
  sockets.push(socket);
  const heard: { chat: unknown[]; presence: { users: unknown[] }[]; record: Consultation[] } = { chat: [], presence: [], record: [] };
  socket.on('chat', (message) => heard.chat.push(message));
  socket.on('presence', (message) => heard.presence.push(message as { users: unknown[] }));
  socket.on('consultation', (message) => heard.record.push(message as Consultation));
  const ask = (event: string, message: unknown) =>
    socket.timeout(PATIENCE_MS).emitWithAck(event, message) as Promise<Record<string, unknown>>;
  return { socket, heard, ask };
}

describe('/consult', () => {
  it('refuses whom it does not know, and a room outside the user’s divisions', async () => {
    const stranger = connect('nobody');
    expect(await new Promise((resolve) => stranger.socket.on('connect_error', (error) => resolve(error.message)))).toBe('unauthenticated');
    expect(await connect('x').ask('join', { consultation: 'c1' })).toMatchObject({ ok: false, code: 'not-found' });
  });

  it('keeps what is said and tells everybody in the room, nobody outside', async () => {
    const [expert, signer, outside] = [connect('a'), connect('b'), connect('v')];
    expect(await expert.ask('join', { consultation: 'c1' })).toMatchObject({ ok: true, consultation: { id: 'c1' } });
    await signer.ask('join', { consultation: 'c1' });
    await expect.poll(() => expert.heard.presence.at(-1)?.users.length).toBe(2);
    const answer = await expert.ask('chat', { consultation: 'c1', text: '裂缝在扩大' });
    expect(answer).toMatchObject({ ok: true, message: { by: 'expert', text: '裂缝在扩大' } });
    await expect.poll(() => ChatMessage.safeParse(signer.heard.chat[0]).data).toEqual(answer.message);
    expect(memory.records.get('c1')?.chat).toHaveLength(1);
    expect(outside.heard.chat).toEqual([]);
    signer.socket.disconnect();
    await expect.poll(() => expert.heard.presence.at(-1)?.users.length).toBe(1);
  });

  it('refuses talk of a viewer and anything that is not a message', async () => {
    const viewer = connect('v');
    expect(await viewer.ask('chat', { consultation: 'c1', text: 'hello' })).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await viewer.ask('chat', { consultation: 'c1' })).toMatchObject({ ok: false, code: 'invalid-request' });
  });

  it('shows a changed record to its room', async () => {
    const expert = connect('a');
    await expert.ask('join', { consultation: 'c1' });
    const event = { seq: 1, id: 'e', at: 0, divisionCode: '513221', payload: { ...record, version: 2 } };
    rooms.emit([
      { ...event, type: 'consultation.updated' },
      { ...event, seq: 2, type: 'point.level' },
    ]);
    await expect.poll(() => expert.heard.record.map(({ version }) => version)).toEqual([2]);
  });
});
