import { SECOND, type Clock, type DeliveryIntent, type WarningLevel } from '#libs/contracts';
import type { Channel, OutgoingMessage, ProviderAnswer, ProviderNews, ProviderQuestion, SendResult } from '../../ports.js';
import { refusal } from '../http/status.js';

/** A message to be painted on the displays of the command centre. */
export interface WallOrder {
  /** Names the delivery; the same twice is one message. */
  outId: string;
  /** Null: somebody tries the channel. */
  warning: string | null;
  site?: string;
  level: WarningLevel;
  kind: DeliveryIntent['kind'] | null;
  exercise: boolean;
  text: string;
  validitySeconds: number;
}

/** The wall stage as this channel sees it. */
export interface WallLink {
  /** Publishes a message to every display that sees its hazard point. @throws when it can't be kept just now */
  show(order: WallOrder): Promise<void>;
  /** `displays`: connected ones that should show it. Undefined: never published, or long over. */
  find(outId: string): { shown: boolean; displays: number } | undefined;
  /** Tells when the first display has painted a message. @returns stops it */
  listen(tell: (outId: string) => Promise<void>): () => void;
}

export interface WallChannelOptions {
  link: WallLink;
  /** Seconds a display has to paint a message. */
  within: () => number;
  clock: Clock;
}
/** Code of a message that stayed dark: nobody has the wall open, or whoever has did not paint it. */
export type DarkReason = 'no-display' | 'not-shown';

export const WALL_ADDRESS = 'wall:centre';

/**
 * The command centre's wall: accepted when published, delivered when a display says that it has painted it, and not merely been sent it. A wall that
 * stays dark for `within` seconds has failed: its place is taken by whoever sits before it.
 */
export class WallChannel implements Channel {
  readonly channel = 'wall';
  readonly name = 'wall';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: false, maxParts: 10 };

  constructor(private readonly options: WallChannelOptions) {}

  serves(address: string): boolean {
    return address === WALL_ADDRESS;
  }

  async send({ outId, template, about, validitySeconds }: OutgoingMessage): Promise<SendResult> {
    const { link, within } = this.options;
    const { level = 'blue', kind = null, exercise = false, warning = null, site } = about ?? {};
    try {
      await link.show({ outId, warning, site, level, kind, exercise, text: template.text, validitySeconds });
      return { ok: true, providerId: outId, askAfterMs: within() * SECOND };
    } catch {
      // Whether the event was kept is not known; asking finds it, and publishing it again is the same event.
      return refusal(this.name, 'UNKNOWN', 'not-kept');
    }
  }

  // Asked before any resend, and when its time is up.
  async query({ outId, sentAt }: ProviderQuestion): Promise<ProviderAnswer> {
    const { link, within, clock } = this.options;
    const known = link.find(outId);
    if (!known) return 'ABSENT';
    if (known.shown) return { status: 'DELIVERED', providerId: outId, code: 'shown' };
    if (clock.now() - sentAt < within() * SECOND) return { status: 'ACCEPTED', providerId: outId };
    const reason: DarkReason = known.displays === 0 ? 'no-display' : 'not-shown';
    return { status: 'FAILED', providerId: outId, code: reason };
  }

  listen(tell: (news: ProviderNews) => Promise<void>): () => Promise<void> {
    const { link, clock } = this.options;
    const stop = link.listen(async (outId) => {
      const receipt = { outId, providerId: outId, provider: this.name, status: 'delivered', code: 'shown', at: clock.now() } as const;
      await tell({ receipts: [receipt], replies: [] });
    });
    return async () => stop();
  }
}
