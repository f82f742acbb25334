import {
  type DeviceOrder,
  MINUTE,
  SECOND,
  toIso,
  topics,
  type Clock,
  type CommandCodec,
  type CommandReason,
  type DeviceCatalogue,
  type DeviceCommand,
  type DeviceReply,
  type RegisteredDevice,
  type Settings,
} from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { RegistryIndex } from '../registry/registry-index.js';
import { Serial } from '../operation/serial.js';
import { isExpired, isOpenCommand, isTryDue, stepCommand, type Happening } from './life.js';
import { nextMsgid } from './msgid.js';
import type { DeviceCommandStore, DeviceLink, WrittenFor } from './ports.js';
import { civilTimeFor, messageOf, requireSayable, timeAnswer } from './wording.js';

export interface DispatcherNeeds {
  store: DeviceCommandStore;
  link: DeviceLink;
  codec: CommandCodec;
  registry: RegistryIndex;
  catalogue: DeviceCatalogue;
  settings: () => Settings;
  clock: Clock;
  logger: Logger;
  /** A command has ended, or an answer came after its end. Runs before the device's answer is acknowledged. */
  ended(command: DeviceCommand, device: RegisteredDevice): Promise<void>;
  count(what: 'sent' | 'reply-unknown' | 'reply-duplicate' | 'reply-late' | 'reqtime' | DeviceCommand['state']): void;
}

export interface OrderOptions {
  by: string;
  writtenFor: WrittenFor;
  expiresIn?: number | undefined;
  text?: string | undefined;
  warning?: string | undefined;
  /** Called when it is stored and not yet sent: whoever waits for its answer knows its number before the answer can come. */
  made?: (command: DeviceCommand) => Promise<void>;
}

/** Open commands of one device at most. More: a script gone wild fills the store, and a device on GPRS never gets through its list. */
export const MAX_OPEN = 50;
/** A command is worth this long at least: an answer over Beidou takes minutes. */
const SHORTEST_LIFE = 10 * MINUTE;

/**
 * Sends commands down and follows them to their end. Every step is in the store before the next one is taken, so a restart goes on
 * where the last one stopped; the same number goes out with every try, so a device that has heard it does not do it twice.
 */
export class Dispatcher {
  readonly #open = new Map<string, DeviceCommand>();
  readonly #serial = new Serial();
  #lastMsgid = '';

  constructor(private readonly needs: DispatcherNeeds) {}

  async start(): Promise<void> {
    this.#lastMsgid = await this.needs.store.lastMsgid();
    for (const command of await this.needs.store.open()) this.#open.set(command.msgid, command);
  }

  openOf(deviceId: string): DeviceCommand[] {
    return [...this.#open.values()].filter((command) => command.deviceId === deviceId);
  }

  /**
   * Takes an order: stored, then sent at once when the device is there.
   * @throws Problem invalid-request when it can't be said on the wire; StoreAway when it is a person's and the database is away
   */
  async order(device: RegisteredDevice, order: DeviceOrder, options: OrderOptions): Promise<DeviceCommand> {
    requireSayable(this.needs.codec, order, this.needs.settings().downlink);
    const now = this.needs.clock.now();
    const life = options.expiresIn === undefined ? Math.max(3 * device.interval * SECOND, SHORTEST_LIFE) : options.expiresIn * SECOND;
    const command: DeviceCommand = await this.#serial.run(async () => {
      this.#lastMsgid = nextMsgid(this.#lastMsgid, now);
      const made: DeviceCommand = {
        msgid: this.#lastMsgid,
        deviceId: device.deviceId,
        hazardPoint: device.hazardPoint,
        divisionCode: device.divisionCode,
        command: order.command,
        parameters: order.parameters,
        state: 'queued',
        reason: 'waits-for-device',
        by: options.by,
        ...(options.text === undefined ? {} : { text: options.text }),
        ...(options.warning === undefined ? {} : { warning: options.warning }),
        createdAt: toIso(now),
        expiresAt: toIso(now + life),
        tries: [],
        tryCount: 0,
        nextTryAt: toIso(now),
        endedAt: null,
        answer: null,
        version: 1,
      };
      await this.needs.store.insert(made, options.writtenFor);
      this.#open.set(made.msgid, made);
      return made;
    });
    await options.made?.(command);
    await this.#try(command.msgid);
    return this.#open.get(command.msgid) ?? command;
  }

  /** Ends an open command; undefined when it has ended already. @throws StoreAway when a person wants it and the database is away */
  async withdraw(msgid: string, reason: Extract<CommandReason, 'cancelled-by-person' | 'replaced'>): Promise<DeviceCommand | undefined> {
    return this.#happen(msgid, { kind: 'withdrawn', at: this.needs.clock.now(), reason });
  }

  /** A device has just connected or subscribed: what waits for it goes out now. */
  async listening(deviceId: string): Promise<void> {
    for (const command of this.#carriedBy(deviceId)) {
      await this.#happen(command.msgid, { kind: 'connected', at: this.needs.clock.now() });
      await this.#try(command.msgid);
    }
  }

  /** Expires what is over and sends again what is due. Called each second. */
  async tick(): Promise<void> {
    const now = this.needs.clock.now();
    for (const command of this.#open.values()) {
      if (isExpired(command, now)) await this.#happen(command.msgid, { kind: 'tick', at: now });
      else if (isTryDue(command, now)) await this.#try(command.msgid);
    }
  }

  /** An answer of a device, or its question for the time. Resolves when what it means is stored. */
  async reply(reply: DeviceReply, at: number): Promise<void> {
    if (reply.command === 'reqtime') {
      this.#answerTime(reply);
      return;
    }
    const known = this.#open.get(reply.msgid) ?? (reply.msgid === '' ? undefined : await this.needs.store.find(reply.msgid));
    const device = known && this.needs.registry.device(known.deviceId);
    if (!known || !device || carrierOf(device) !== reply.deviceId || (reply.command !== undefined && reply.command !== known.command)) {
      this.needs.count('reply-unknown');
      this.needs.logger.info({ deviceId: reply.deviceId, msgid: reply.msgid, command: reply.command }, 'answer to no command of ours');
      return;
    }
    if (known.answer !== null) {
      this.needs.count('reply-duplicate');
      return;
    }
    if (!isOpenCommand(known)) this.needs.count('reply-late');
    // An answer without a verdict that carries what was asked for is one; without anything it says nothing was done.
    const ok = reply.ok ?? Object.keys(reply.values).length > 0;
    await this.#happen(reply.msgid, { kind: 'reply', at, ok, values: reply.values }, known);
  }

  #answerTime(reply: DeviceReply): void {
    const device = this.needs.registry.device(reply.deviceId);
    if (!device) return;
    this.needs.count('reqtime');
    const { topic, payload } = timeAnswer(
      this.needs.codec,
      reply.deviceId,
      civilTimeFor(device, this.needs.catalogue, this.needs.clock.now()),
      reply.msgid,
    );
    this.#put(reply.deviceId, topic, payload, reply.msgid);
  }

  async #try(msgid: string): Promise<void> {
    const now = this.needs.clock.now();
    const command = this.#open.get(msgid);
    if (!command || !isTryDue(command, now)) return;
    const device = this.needs.registry.device(command.deviceId);
    if (!device) {
      await this.#happen(msgid, { kind: 'withdrawn', at: now, reason: 'not-registered' });
      return;
    }
    const carrier = carrierOf(device);
    const form = this.#formOf(carrier, msgid);
    if (!form) {
      await this.#happen(msgid, { kind: 'away', at: now });
      return;
    }
    const civilTime = civilTimeFor(device, this.needs.catalogue, now);
    const { topic, payload } = messageOf(this.needs.codec, command, carrier, form, this.needs.settings().downlink, civilTime);
    const tried = await this.#happen(msgid, { kind: 'sent', at: now });
    if (!tried) return;
    this.needs.count('sent');
    this.#put(carrier, topic, payload, msgid);
  }

  /** Not awaited: the device acknowledges when it likes, and what counts is its answer. */
  #put(carrier: string, topic: string, payload: Uint8Array, msgid: string): void {
    this.needs.link.send(carrier, topic, payload).catch((error: unknown) => {
      this.needs.logger.info({ deviceId: carrier, msgid, error: String(error) }, 'a message down was not acknowledged');
    });
  }

  /** The language the device listens in now; undefined: it does not listen. */
  #formOf(carrier: string, msgid: string): 'national' | 'rpc' | undefined {
    if (this.needs.link.listens(carrier, topics.commandDown(carrier))) return 'national';
    return this.needs.link.listens(carrier, topics.rpcRequestTo(msgid)) ? 'rpc' : undefined;
  }

  #carriedBy(deviceId: string): DeviceCommand[] {
    return [...this.#open.values()].filter((command) => {
      const device = this.needs.registry.device(command.deviceId);
      return command.deviceId === deviceId || device?.parent === deviceId;
    });
  }

  /** One step of one command, stored. Answers the command when it moved. */
  #happen(msgid: string, happening: Happening, ended?: DeviceCommand): Promise<DeviceCommand | undefined> {
    return this.#serial.run(async () => {
      const before = this.#open.get(msgid) ?? ended;
      const after = before && stepCommand(before, happening);
      if (!after || after === before) return undefined;
      await this.needs.store.update(after, isByPerson(happening) ? 'person' : 'station');
      if (isOpenCommand(after)) this.#open.set(msgid, after);
      else {
        const device = this.needs.registry.device(after.deviceId);
        if (device) await this.needs.ended(after, device);
        // Only now: while what it means is not stored, the device's resent answer must find it open.
        if (this.#open.delete(msgid)) this.needs.count(after.state);
      }
      return after;
    });
  }
}

const isByPerson = (happening: Happening): boolean => happening.kind === 'withdrawn' && happening.reason === 'cancelled-by-person';

/** Whose connection a device's commands travel on: a child of a multi-channel collector has none of its own. */
const carrierOf = (device: RegisteredDevice): string => device.parent ?? device.deviceId;
