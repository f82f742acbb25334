import {
  HOUR,
  Problem,
  SECOND,
  visibleFrom,
  WallMessage,
  type Clock,
  type RegistryView,
  type User,
  type WallEventDraft,
} from '#libs/contracts';
import { hashId } from '#libs/platform';
import { z } from 'zod';
import type { EventStore } from './ports.js';

/** What is to be shown: a message to the command centre's wall. */
export interface DisplayOrder extends Omit<WallMessage, 'delivery' | 'until'> {
  outId: string;
  /** Hazard point it is about: who does not see the point does not see the message. Absent: everybody's. */
  site?: string;
  validitySeconds: number;
}
/** What became of it. `displays`: how many are connected that should show it. */
export interface DisplayState {
  shown: boolean;
  displays: number;
}

export interface DisplaySources {
  events: Pick<EventStore, 'ofType'>;
  /** Writes an event; with an id that is known already none. */
  write: (event: WallEventDraft) => Promise<unknown>;
  registry: Pick<RegistryView, 'point'>;
  /** Displays connected that see a division ('' = everybody). */
  connected: (divisionCode: string) => number;
  clock: Clock;
}

interface Waiting {
  message: WallMessage;
  divisionCode: string;
  shown: boolean;
  /** A later message of its warning was published: painted now, an orange of before the red would look like today's. */
  overtaken: boolean;
}

/** Messages with a longer life are not looked for after a restart: a blue one, the longest, lives twelve hours. */
const LOOK_BACK_MS = 12 * HOUR;
const Shown = z.object({ delivery: z.string().min(1).max(64) });

/**
 * Messages to the command centre's wall: each an event with its place in the order, so that a display that was away gets it on coming back, and in the
 * snapshot of a display that is new, until one has said that it painted it. Showing twice is one message.
 */
export class Displays {
  readonly #messages = new Map<string, Waiting>();
  readonly #listeners = new Set<(outId: string) => Promise<void>>();

  constructor(private readonly sources: DisplaySources) {}

  /** Takes up what was published before a restart. Whether it was shown is not known here; a display that shows it again does no harm. */
  async load(): Promise<void> {
    const now = this.sources.clock.now();
    for (const { payload, divisionCode } of await this.sources.events.ofType('warning.display', now - LOOK_BACK_MS)) {
      const message = WallMessage.safeParse(payload);
      if (!message.success) continue;
      this.#overtake(message.data);
      if (message.data.until > now && !this.#messages.has(message.data.delivery))
        this.#messages.set(message.data.delivery, { message: message.data, divisionCode, shown: false, overtaken: false });
    }
  }

  /** Publishes a message. @throws when the event can't be kept; then nobody was shown anything */
  async show({ outId, site, validitySeconds, ...rest }: DisplayOrder): Promise<void> {
    const at = this.sources.clock.now();
    this.#forget(at);
    if (this.#messages.has(outId)) return;
    const message = { ...rest, delivery: outId, until: at + validitySeconds * SECOND };
    const divisionCode = (site === undefined ? undefined : this.sources.registry.point(site)?.divisionCode) ?? '';
    // Before the event: a display may answer before the write has.
    this.#messages.set(outId, { message, divisionCode, shown: false, overtaken: false });
    try {
      await this.sources.write({ id: hashId(24, 'warning.display', outId), type: 'warning.display', at, divisionCode, payload: message });
      this.#overtake(message);
    } catch (error) {
      this.#messages.delete(outId);
      throw error;
    }
  }

  /** @returns undefined for a message nobody was asked to show */
  find(outId: string): DisplayState | undefined {
    const known = this.#messages.get(outId);
    if (!known) return undefined;
    return { shown: known.shown, displays: this.sources.connected(known.divisionCode) };
  }

  /** Hears of each message when the first display has painted it; the display is told "kept" when this resolves. @returns stops it */
  listen(tell: (outId: string) => Promise<void>): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  /** What a display that comes now has to paint. */
  open(scope: string): WallMessage[] {
    const now = this.sources.clock.now();
    return [...this.#messages.values()].flatMap(({ message, divisionCode, shown, overtaken }) =>
      !shown && !overtaken && message.until > now && visibleFrom(divisionCode, scope) ? [message] : [],
    );
  }

  /** A display has painted a message. @throws Problem not-found for one it was not asked to show; what listeners throw when it can't be kept */
  async shown(user: Pick<User, 'scope'>, given: unknown): Promise<void> {
    const { delivery } = Shown.parse(given);
    const known = this.#messages.get(delivery);
    if (!known || !visibleFrom(known.divisionCode, user.scope))
      throw new Problem('not-found', `There is no message ${delivery} to be shown`);
    if (known.shown) return;
    for (const tell of this.#listeners) await tell(delivery);
    known.shown = true;
  }

  /** What was published before this one, and only that: two may be on their way at once. */
  #overtake({ warning, delivery }: WallMessage): void {
    if (warning === null) return;
    for (const [outId, earlier] of this.#messages) {
      if (outId === delivery) return;
      if (earlier.message.warning === warning) earlier.overtaken = true;
    }
  }

  #forget(now: number): void {
    for (const [outId, { message }] of this.#messages) if (message.until < now) this.#messages.delete(outId);
  }
}
