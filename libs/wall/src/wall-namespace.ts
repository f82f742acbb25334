import {
  visibleFrom,
  type Clock,
  type FrameValue,
  type PointState,
  type SystemAlarm,
  type User,
  type WallEvent,
  type WallSnapshot,
  type WarningRecord,
} from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { Namespace, Server, Socket } from 'socket.io';
import { answer } from './ask.js';
import { authOf } from './credential.js';
import type { Displays } from './displays.js';
import { EventFeed } from './event-feed.js';
import { encodeFrame } from './frame.js';
import { Owed } from './owed.js';
import type { Picture } from './picture.js';
import { PointRooms, type PointRoomSources } from './point-rooms.js';
import type { EventStore } from './ports.js';

/** Between frames, ms: at most 4 a second (contract.md). */
export const frameInterval = 250;
/** Between snapshots sent only because new channels appeared, ms: a station that fills up must not flood its walls. */
const dictionaryInterval = 1_000;

const SHOWN_TAKES = 'shown takes {"delivery": "<out id>"}';

export interface WallDeps {
  picture: Picture;
  /** Curves of a point's indicators, for those who look at it. */
  series: PointRoomSources['series'];
  events: EventStore;
  /** Messages displays have to paint. */
  displays: Displays;
  openWarnings: () => Promise<readonly WarningRecord[]>;
  alarms: () => SystemAlarm[];
  userOf: (handshake: Socket['handshake']) => Promise<User | undefined>;
  clock: Clock;
  logger: Logger;
}

interface Client {
  socket: Socket;
  user: User;
  binary: boolean;
  feed: EventFeed;
  owed: Owed;
  /** Channels its last snapshot named; frames carry no others. -1 until the first snapshot has left. */
  knows: number;
}

/** `/wall` (contract.md, socket.io): snapshot at once, events each once and in order, newest values in frames. */
export class WallNamespace {
  readonly #clients = new Map<string, Client>();
  #namespace: Namespace | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dictionarySentAt = 0;

  readonly #points: PointRooms;

  constructor(readonly deps: WallDeps) {
    this.#points = new PointRooms({ registry: deps.picture.sources.registry, series: deps.series });
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Walls connected that see a division ('' = all). */
  connected(divisionCode: string): number {
    return [...this.#clients.values()].filter(({ user }) => visibleFrom(divisionCode, user.scope)).length;
  }

  attach(io: Server): void {
    const namespace = io.of('/wall');
    this.#namespace = namespace;
    this.#points.attach(namespace);
    namespace.use((socket, next) => {
      void this.#admit(socket, next);
    });
    namespace.on('connection', (socket) => {
      void this.#welcome(socket);
    });
    this.#timer = setInterval(() => this.#tick(), frameInterval);
    this.#timer.unref();
  }

  /** Events as the ledger committed them, in order. Never volatile. */
  emit(events: readonly WallEvent[]): void {
    for (const event of events) for (const client of this.#clients.values()) client.feed.live(event);
  }

  /** Whether somebody looks at a point. */
  watches(hazardPoint: string): boolean {
    return this.#points.watches(hazardPoint);
  }

  /** A point was judged: those who look at it see its indicators move. */
  judged(state: PointState): void {
    this.#points.tell(state);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#namespace?.disconnectSockets(true);
    this.#clients.clear();
  }

  async #admit(socket: Socket, next: (error?: Error) => void): Promise<void> {
    try {
      const user = await this.deps.userOf(socket.handshake);
      socket.data = { user };
      next(user ? undefined : new Error('unauthenticated'));
    } catch (error) {
      this.deps.logger.error({ stage: 'wall', err: error }, 'a session could not be checked');
      next(new Error('not-ready'));
    }
  }

  async #welcome(socket: Socket): Promise<void> {
    const { user } = socket.data as { user: User };
    const { offset, binary = false } = authOf(socket.handshake.auth);
    // Before anything is waited for: what a client asks in its first moment would be heard by nobody.
    this.#points.serve(socket, user);
    socket.on('shown', (message: unknown, ack?: unknown) => void answer(ack, SHOWN_TAKES, () => this.deps.displays.shown(user, message)));
    try {
      // Read before the state, so that the state is never older than the seq it is shown with.
      const last = await this.deps.events.lastSeq();
      // An offset ahead of us belongs to another database: that client starts anew.
      const from = offset !== undefined && offset <= last ? offset : last;
      const send = ({ seq, type, at, payload }: WallEvent): void => {
        socket.emit('event', { seq, type, at, payload });
      };
      const client: Client = { socket, user, binary, feed: new EventFeed(user.scope, from, send), owed: new Owed(), knows: -1 };
      socket.on('disconnect', () => this.#clients.delete(socket.id));
      this.#clients.set(socket.id, client);
      if (!socket.connected) this.#clients.delete(socket.id);
      await this.#sendSnapshot(client);
      await client.feed.replay(this.deps.events, () => !socket.connected);
    } catch (error) {
      // Half a picture would look whole: the client reconnects with its offset.
      this.deps.logger.error({ stage: 'wall', err: error }, 'a wall could not be given its picture');
      this.#clients.delete(socket.id);
      socket.disconnect(true);
    }
  }

  async #sendSnapshot(client: Client): Promise<void> {
    const { picture, clock } = this.deps;
    let seq = client.feed.seen;
    let warnings = await this.deps.openWarnings();
    // An event sent while we read may not be in what we read: read again, so that the snapshot is never older than its seq.
    while (client.feed.seen !== seq) {
      seq = client.feed.seen;
      warnings = await this.deps.openWarnings();
    }
    const now = clock.now();
    const { scope } = client.user;
    const snapshot: WallSnapshot = {
      seq,
      at: now,
      points: picture.points(scope, warnings, now),
      channels: picture.channels(scope),
      devices: picture.devices(scope, now),
      warnings: picture.warnings(scope, warnings),
      values: picture.values(scope),
      alarms: this.deps.alarms(),
      messages: this.deps.displays.open(scope),
    };
    client.knows = picture.dictionary.size;
    client.socket.emit('snapshot', snapshot);
  }

  #tick(): void {
    const { picture, clock, logger } = this.deps;
    const at = clock.now();
    const behind = [...this.#clients.values()].filter((client) => client.knows >= 0 && client.knows < picture.dictionary.size);
    if (behind.length > 0 && at - this.#dictionarySentAt >= dictionaryInterval) {
      this.#dictionarySentAt = at;
      for (const client of behind)
        this.#sendSnapshot(client).catch((error: unknown) =>
          logger.error({ stage: 'wall', err: error }, 'a new snapshot could not be made'),
        );
    }
    this.#sendFrames(at, picture.takeChanged());
  }

  /** One frame a scope and form, but for those who are owed more: a busy transport is not queued up on, it gets the newest values when it is free. */
  #sendFrames(at: number, changed: readonly FrameValue[]): void {
    const made = new Map<string, { json: { at: number; values: FrameValue[] }; bytes?: Buffer }>();
    for (const { user, socket, binary, knows, owed } of this.#clients.values()) {
      const key = `${user.scope} ${knows}`;
      let frame = made.get(key);
      if (!frame) {
        const values = changed.filter(([index]) => index < knows && this.deps.picture.inScope(index, user.scope));
        frame = { json: { at, values } };
        made.set(key, frame);
      }
      const values = owed.take(frame.json.values, socket.conn.transport.writable);
      if (values.length === 0) continue;
      if (values !== frame.json.values) frame = { json: { at, values: [...values] } };
      if (binary) socket.emit('frame', (frame.bytes ??= encodeFrame(frame.json)));
      else socket.emit('frame', frame.json);
    }
  }
}
