import { SECOND, type CommandState } from '#libs/contracts';
import type { Channel, OutgoingMessage, ProviderAnswer, SendResult } from '../../ports.js';
import { refusal } from '../http/status.js';

/** What is to be said through the horn of a station on a slope. */
export interface HornOrder {
  deviceId: string;
  text: string;
  /** How often it says it. */
  times: number;
  /** Names the delivery; the same twice is one command. */
  outId: string;
  validitySeconds: number;
}
export interface HornCommand {
  msgid: string;
  state: CommandState;
}

/** The way down to devices (`$cmd=broadcast`), as commands that are kept and followed to the device's answer; the command stage provides it. */
export interface HornLink {
  /** @returns the command, or why there is none. @throws when it can't be kept just now */
  say(order: HornOrder): Promise<HornCommand | { refused: 'unknown-device' | 'not-sayable' | 'too-many-waiting' }>;
  find(deviceId: string, outId: string): Promise<HornCommand | undefined>;
  /** Ends the commands of these deliveries that still wait for the device or for its answer. @throws when that can't be kept just now */
  callOff(deviceId: string, outIds: readonly string[]): Promise<void>;
}

export interface SlopeHornsOptions {
  link: HornLink;
  /** Devices that have a horn and may be spoken through. */
  devices: readonly string[];
  times: number;
}

const statusOf: Readonly<Record<CommandState, 'ACCEPTED' | 'DELIVERED' | 'FAILED'>> = {
  queued: 'ACCEPTED',
  sent: 'ACCEPTED',
  succeeded: 'DELIVERED',
  failed: 'FAILED',
  expired: 'FAILED',
  cancelled: 'FAILED',
};
/**
 * When its answer is looked for: the commands are our own, so that asking costs a look into them. Sooner finds none, for a horn says the whole text before
 * it answers; later leaves a horn that has spoken among those that have not.
 */
const ASK_AFTER_MS = 3 * SECOND;
const PREFIX = 'broadcast:';

/**
 * Horns on the slopes themselves, through the downlink: each delivery (`broadcast:<device id>`) is one command to one device, and the device's own
 * answer is the receipt. It is asked for: a horn that sleeps answers when it wakes, and its command is repeated until it is over. A later message of the same
 * warning first calls off the earlier ones, or a horn that wakes would say "leave" of what is over. What it is saying already it says to the end.
 */
export class SlopeHorns implements Channel {
  readonly channel = 'broadcast';
  readonly name = 'horn';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: false, maxParts: 1 };
  readonly #options: SlopeHornsOptions;
  /** What is being handed down, by out id. */
  readonly #underWay = new Map<string, ReturnType<HornLink['say']>>();

  constructor(options: SlopeHornsOptions) {
    this.#options = options;
  }

  serves(address: string): boolean {
    return this.#options.devices.includes(deviceOf(address));
  }

  async send({ outId, to, template, about, validitySeconds }: OutgoingMessage): Promise<SendResult> {
    const { link, times } = this.#options;
    const deviceId = deviceOf(to);
    try {
      await this.#callOff(deviceId, about?.earlier ?? []);
    } catch {
      // Of the message itself nothing was said yet, and calling off twice is calling off.
      return refusal(this.name, 'TRANSIENT', 'not-called-off');
    }
    const saying = link.say({ deviceId, text: template.text, times, outId, validitySeconds });
    this.#underWay.set(outId, saying);
    try {
      const command = await saying;
      if (!('refused' in command)) return { ok: true, providerId: command.msgid, askAfterMs: ASK_AFTER_MS };
      const cls = ({ 'unknown-device': 'RECIPIENT_PERM', 'not-sayable': 'CONTENT', 'too-many-waiting': 'RECIPIENT_LIMIT' } as const)[
        command.refused
      ];
      return refusal(this.name, cls, command.refused);
    } catch {
      // Whether the command was kept is not known; asking finds it by its outId, and saying it again finds it too.
      return refusal(this.name, 'UNKNOWN', 'not-kept');
    } finally {
      this.#underWay.delete(outId);
    }
  }

  async #callOff(deviceId: string, outIds: readonly string[]): Promise<void> {
    if (outIds.length === 0) return;
    // One that is not kept yet can't be found, and would be said after this.
    await Promise.allSettled(outIds.flatMap((outId) => this.#underWay.get(outId) ?? []));
    await this.#options.link.callOff(deviceId, outIds);
  }

  async query({ outId, to }: { outId: string; to: string }): Promise<ProviderAnswer> {
    const command = await this.#options.link.find(deviceOf(to), outId);
    return command ? { status: statusOf[command.state], providerId: command.msgid, code: command.state } : 'ABSENT';
  }
}

const deviceOf = (address: string): string => (address.startsWith(PREFIX) ? address.slice(PREFIX.length) : '');
