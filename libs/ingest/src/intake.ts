import { pointClock, type DecodeFault, type DeviceFact, type QuarantinedPayload, type Reading } from '#libs/contracts';
import { Accumulators } from './accumulators.js';
import { ArrivalStamps } from './arrival-stamps.js';
import { decode, type DecodeContext } from './decode.js';
import { dedupe } from './dedupe.js';
import { flag } from './flag.js';
import type { Packet } from './ports.js';
import { validate } from './validate.js';

export interface IntakeOptions extends DecodeContext {
  /** A new id for a quarantined payload. */
  newId(): string;
}

/** All of one packet: every value is in `readings`, a duplicate within the packet, or told of in `quarantine` or `facts`. */
export interface Intaken {
  readings: Reading[];
  quarantine: QuarantinedPayload[];
  facts: DeviceFact[];
  /** True when a reading was stamped on arrival: a resend of the packet can only be told by its payload. */
  stamped: boolean;
}

/** The way of one packet to readings: decode → validate → flag → dedupe. Keeps only what flags need of the past. */
export class Intake {
  readonly #stamps = new ArrivalStamps();
  readonly #accumulators = new Accumulators();

  constructor(private readonly options: IntakeOptions) {}

  /** Never throws, whatever the payload. */
  read(packet: Packet): Intaken {
    const decoded = decode(packet, this.options);
    const devices = this.#devices(packet);
    const stamps = new Map<string, number>();
    const { valid, faults: invalid } = validate(decoded.samples, {
      pointNow: (id) => devices(id).now,
      stamp: (id) => stamps.get(id) ?? this.#stampOf(id, devices(id).now, stamps),
    });
    const { unique, faults: contradictions } = dedupe(valid);
    const readings = unique.map((sample): Reading => {
      const device = devices(sample.deviceId);
      return {
        deviceId: sample.deviceId,
        hazardPoint: device.hazardPoint,
        channel: sample.channel,
        time: sample.time,
        value: sample.value,
        quality: flag(sample, device, device.now, this.#accumulators),
        receivedAt: packet.receivedAt,
      };
    });
    const faults = [...decoded.faults, ...invalid, ...contradictions];
    return { readings, quarantine: this.#quarantine(packet, faults), facts: decoded.facts, stamped: stamps.size > 0 };
  }

  #stampOf(deviceId: string, now: number, stamps: Map<string, number>): number {
    const stamp = this.#stamps.next(deviceId, now);
    stamps.set(deviceId, stamp);
    return stamp;
  }

  /** What this packet needs of each device in it, looked up once. `now` is receive time on the point's clock (a drill has its own). */
  #devices(packet: Packet) {
    const known = new Map<string, { now: number; hazardPoint: string; interval: number; synthetic: boolean }>();
    return (id: string) => {
      const before = known.get(id);
      if (before) return before;
      const device = this.options.registry.device(id);
      const hazardPoint = device?.hazardPoint ?? '';
      const found = {
        now: pointClock(this.options.registry.point(hazardPoint)?.drill, packet.receivedAt),
        hazardPoint,
        interval: device?.interval ?? 0,
        synthetic: device?.synthetic ?? false,
      };
      known.set(id, found);
      return found;
    };
  }

  /** One record a reason, with the whole payload: a person can see it, and a corrected profile can read it again. */
  #quarantine(packet: Packet, faults: readonly DecodeFault[]): QuarantinedPayload[] {
    if (faults.length === 0) return [];
    const details = new Map<DecodeFault['reason'], string[]>();
    for (const { reason, detail } of faults) details.set(reason, [...(details.get(reason) ?? []).slice(0, 8), detail]);
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
