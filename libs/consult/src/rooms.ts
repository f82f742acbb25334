import type { Consultation, User, WallEvent } from '#libs/contracts';
import { Problem } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { Namespace, Server, Socket } from 'socket.io';
import { z } from 'zod';
import type { ConsultUseCases } from './use-cases.js';

/** Who a handshake belongs to, or undefined. */
export type SocketUser = (handshake: Socket['handshake']) => Promise<User | undefined>;

const Join = z.object({ consultation: z.string().min(1).max(64) });
const Chat = Join.extend({ text: z.string().min(1).max(2000) });
const Leave = Join;

type Answer = { ok: true; consultation?: Consultation; message?: unknown } | { ok: false; code: string; detail: string };
type Ack = (answer: Answer) => void;

/**
 * `/consult`: one room a consultation. Client → server, each acknowledged with `{ok}` or `{ok: false, code, detail}`:
 * `join {consultation}` (answers the record with its chat), `leave {consultation}`, `chat {consultation, text}`.
 * Server → client: `presence {consultation, users}`, `chat` (the message, with its `consultation`), `consultation` (the changed record).
 */
export class ConsultRooms {
  #namespace: Namespace | undefined;

  constructor(
    readonly useCases: ConsultUseCases,
    readonly logger: Logger,
  ) {}

  /** A server that listens on HTTP and HTTPS is attached once for each: its rooms are served once. */
  attach(io: Server, userOf: SocketUser): void {
    if (this.#namespace) return;
    const namespace = io.of('/consult');
    this.#namespace = namespace;
    namespace.use((socket, next) => {
      void this.#admit(socket, userOf, next);
    });
    namespace.on('connection', (socket) => this.#serve(socket));
  }

  /** Shows changed records to those in their room. */
  emit(events: readonly WallEvent[]): void {
    for (const event of events) {
      if (event.type !== 'consultation.updated' && event.type !== 'consultation.signed') continue;
      const consultation = event.payload as Consultation;
      this.#namespace?.to(room(consultation.id)).emit('consultation', consultation);
    }
  }

  async #admit(socket: Socket, userOf: SocketUser, next: (error?: Error) => void): Promise<void> {
    try {
      const user = await userOf(socket.handshake);
      socket.data = { user, joined: new Set<string>() };
      next(user ? undefined : new Error('unauthenticated'));
    } catch (error) {
      this.logger.error({ stage: 'consult', err: error }, 'a session could not be checked');
      next(new Error('not-ready'));
    }
  }

  #serve(socket: Socket): void {
    const { user, joined } = socket.data as { user: User; joined: Set<string> };
    this.#on(socket, 'join', Join, async ({ consultation: id }) => {
      const consultation = await this.useCases.get(id, user);
      await socket.join(room(id));
      joined.add(id);
      await this.#presence(id);
      return { ok: true, consultation };
    });
    this.#on(socket, 'leave', Leave, async ({ consultation: id }) => {
      await socket.leave(room(id));
      joined.delete(id);
      await this.#presence(id);
      return { ok: true };
    });
    this.#on(socket, 'chat', Chat, async ({ consultation: id, text }) => {
      const message = await this.useCases.say(id, text, user);
      this.#namespace?.to(room(id)).emit('chat', { ...message, consultation: id });
      return { ok: true, message };
    });
    socket.on('disconnect', () => {
      for (const id of joined)
        this.#presence(id).catch((error: unknown) => this.logger.warn({ stage: 'consult', err: error }, 'presence could not be told'));
    });
  }

  async #presence(id: string): Promise<void> {
    const sockets = (await this.#namespace?.in(room(id)).fetchSockets()) ?? [];
    const users = new Map(
      sockets.map((socket) => [(socket.data as { user: User }).user.id, (socket.data as { user: User }).user] as const),
    );
    const people = [...users.values()].map(({ username, displayName, roles }) => ({ username, displayName, roles }));
    this.#namespace?.to(room(id)).emit('presence', { consultation: id, users: people });
  }

  #on<T extends z.ZodType>(socket: Socket, event: string, schema: T, serve: (message: z.output<T>) => Promise<Answer>): void {
    socket.on(event, (message: unknown, ack?: Ack) => {
      const answer: Ack = typeof ack === 'function' ? ack : () => undefined;
      const parsed = schema.safeParse(message);
      if (!parsed.success) return answer({ ok: false, code: 'invalid-request', detail: parsed.error.issues[0]?.message ?? 'not valid' });
      serve(parsed.data).then(answer, (error: unknown) => {
        if (error instanceof Problem) return answer({ ok: false, code: error.code, detail: error.detail });
        this.logger.error({ stage: 'consult', event, err: error }, 'a consultation message failed');
        answer({ ok: false, code: 'internal', detail: 'not done; try again' });
      });
    });
  }
}

const room = (id: string): string => `consultation:${id}`;
