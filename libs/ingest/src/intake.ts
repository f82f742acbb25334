import {
  fromIso,
  pointClock,
  toIso,
  type DecodeFault,
  type DeviceFact,
  type DeviceReply,
  type QuarantinedPayload,
  type Reading,
  type Sample,
} from '#libs/contracts';
import { decode, type DecodeContext } from './packet/decode.js';
import { DeviceMemory } from './flag/device-memory.js';
import { earliestOf, flag } from './flag/flag.js';
import { faultOf } from './packet/plausible.js';
import type { Packet, PrimingReading } from './ports.js';
import { recall } from './flag/prime.js';
import { Repeats } from './packet/repeats.js';

export interface IntakeOptions extends DecodeContext {
  /** A new id for a quarantined payload. */
  newId(): string;
}

/** All of one packet: every value is in `readings`, a duplicate within the packet, or told of in `quarantine` or `facts`. */
export interface Intaken {
  readings: Reading[];
  quarantine: QuarantinedPayload[];
  facts: DeviceFact[];
  /** Answers to commands, and the device's own questions. */
  replies?: DeviceReply[] | undefined;
  /** True when a reading was stamped on arrival: a resend of the packet can only be told by its payload. */
  stamped: boolean;
}

/** The way of one packet to readings: decode → validate → flag → dedupe. Keeps only what flags need of the past. */
export class Intake {
  readonly #memories = new Map<string, DeviceMemory>();
  #packet = 0;

  constructor(private readonly options: IntakeOptions) {}

  /**
   * Takes up the past after a start, so that flags go on as if the station had not stopped: the newest readings of each
   * channel, oldest first within a channel. Before the first packet.
   */
  prime(readings: Iterable<PrimingReading>): void {
    const { registry, catalogue } = this.options;
    for (const reading of readings) {
      const device = registry.device(reading.deviceId);
      const field = device && catalogue.profile(device.profile)?.field(reading.channel);
      if (field) recall(reading, field, this.#memoryOf(reading.deviceId), device.interval);
    }
  }

  /** Never throws, whatever the payload. */
  read(packet: Packet): Intaken {
    const { samples, faults: unread, facts, replies } = decode(packet, this.options);
    this.#packet += 1;
    const readings: Reading[] = [];
    const repeats = new Repeats(samples.length);
    let faults = unread;
    let stamped = false;
    for (const sample of samples) {
      const memory = this.#present(sample.deviceId, packet.receivedAt);
      const invalid = faultOf(sample, memory.now);
      const time = sample.time ?? memory.stamped();
      const before = invalid ? undefined : repeats.earlier(sample, time);
      const fault = invalid ?? (before !== undefined && before !== sample.value ? contradiction(sample, time) : undefined);
      if (fault) {
        if (faults === unread) faults = [...unread];
        faults.push(fault);
      } else if (before === undefined) {
        stamped ||= sample.time === null;
        readings.push(this.#reading(sample, time, memory, packet.receivedAt));
      }
    }
    return { readings, quarantine: faults.length === 0 ? [] : this.#quarantine(packet, faults), facts, replies, stamped };
  }

  #reading(sample: Sample, time: number, memory: DeviceMemory, receivedAt: number): Reading {
    const { deviceId, channel, field, value } = sample;
    const work = this.options.registry.maintenanceOf?.(deviceId, memory.workAt ?? time);
    if (field.lowBelow !== undefined) memory.charge(time, value, field.lowBelow);
    return {
      deviceId,
      hazardPoint: memory.device?.hazardPoint ?? '',
      channel,
      time,
      value,
      quality: flag(sample, time, memory, { low: this.#batteryLow(memory), maintenance: work !== undefined }),
      receivedAt,
    };
  }

  /** A child of a collector has the collector's battery, unless it told of one of its own. */
  #batteryLow(memory: DeviceMemory): boolean {
    if (memory.batteryLow !== undefined) return memory.batteryLow;
    const parent = memory.device?.parent;
    return (parent !== undefined && this.#memories.get(parent)?.batteryLow) ?? false;
  }

  /** The memory of a device, with what this packet needs of the registry looked up, once a packet. */
  #present(deviceId: string, receivedAt: number): DeviceMemory {
    const memory = this.#memoryOf(deviceId);
    if (memory.packet === this.#packet) return memory;
    const { registry } = this.options;
    const device = registry.device(deviceId);
    const drill = device && registry.point(device.hazardPoint)?.drill;
    memory.packet = this.#packet;
    memory.stamp = undefined;
    memory.now = pointClock(drill, receivedAt);
    memory.workAt = drill && receivedAt;
    if (device !== memory.device) memory.earliest = device && !drill ? earliestOf(fromIso(device.createdAt)) : Number.NEGATIVE_INFINITY;
    memory.device = device;
    return memory;
  }

  #memoryOf(deviceId: string): DeviceMemory {
    const known = this.#memories.get(deviceId);
    if (known) return known;
    const made = new DeviceMemory();
    this.#memories.set(deviceId, made);
    return made;
  }

  /** One record a reason, with the whole payload: a person can see it, and a corrected profile can read it again. */
  #quarantine(packet: Packet, faults: readonly DecodeFault[]): QuarantinedPayload[] {
    const details = new Map<DecodeFault['reason'], string[]>();
    for (const { reason, detail } of faults) {
      const texts = details.get(reason);
      if (!texts) details.set(reason, [detail]);
      else if (texts.length < NAMED) texts.push(detail);
    }
    return [...details].map(([reason, texts]) => ({
      id: this.options.newId(),
      deviceId: packet.deviceId,
      topic: packet.topic,
      reason,
      detail: texts.join('; ').slice(0, 1000),
      payload: packet.payload,
      receivedAt: packet.receivedAt,
    }));
  }
}

/** Faults of one reason named in a record: enough to find the wrong field, few enough for a screen. */
const NAMED = 9;

const contradiction = ({ channel }: Sample, time: number): DecodeFault => ({
  reason: 'bad-value',
  detail: `${channel} has two values at ${toIso(time)}`,
});
