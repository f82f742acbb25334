import type {
  CodecContext,
  Decoded,
  DeviceFact,
  DecodeFault,
  FieldReader,
  GnssSite,
  ProfileField,
  QualityFlag,
  QuarantineReason,
  ResolvedProfile,
  Sample,
} from '#libs/contracts';

/** What of a payload is being read, gathered. Faults of one reason become one, with the first few named. */
export class Decoding {
  readonly samples: Sample[] = [];
  readonly facts: DeviceFact[] = [];
  #faults: Map<QuarantineReason, { count: number; named: string[] }> | undefined;
  #absent = 0;

  constructor(readonly context: CodecContext) {}

  /** Profile of an id in the payload; undefined, with the fault noted, when its values are not taken. */
  profile(deviceId: string): ResolvedProfile | undefined {
    return this.source(deviceId)?.profile;
  }

  /** The same, with where it stands. */
  source(deviceId: string): { profile: ResolvedProfile; site?: GnssSite } | undefined {
    const source = this.context.source(deviceId);
    if ('profile' in source) return source;
    this.fault(source.refused, source.detail);
    return undefined;
  }

  /** What the device sent, as a value of ours; `key` names the part of a map. */
  take(deviceId: string, reader: FieldReader, time: number | null, sent: number, key?: string): void {
    if (sent === 0 && reader.zeroIsAbsent) {
      this.#absent += 1;
      return;
    }
    const channel = key === undefined ? reader.channel : `${reader.channel}.${key}`;
    let value = reader.factor === 1 ? sent : sent * reader.factor;
    if (reader.offset !== 0) value += reader.offset;
    if (reader.invert) value = sent === 0 ? 1 : 0;
    if (Number.isFinite(value)) this.samples.push({ deviceId, channel, field: reader.field, time, value });
    else this.fault('bad-value', `${channel} is no finite number`);
  }

  /** A value the codec itself computed, with the flags only it can know. */
  computed(deviceId: string, channel: string, field: ProfileField, time: number, value: number, quality: readonly QualityFlag[]): void {
    this.samples.push(
      quality.length === 0 ? { deviceId, channel, field, time, value } : { deviceId, channel, field, time, value, quality },
    );
  }

  sample(deviceId: string, channel: string, field: ProfileField, time: number | null, sent: number): void {
    if (sent === 0 && field.zeroIsAbsent) this.#absent += 1;
    else this.samples.push({ deviceId, channel, field, time, value: field.factor === 1 ? sent : sent * field.factor });
  }

  fact(deviceId: string, name: string, value: string): void {
    this.facts.push({ deviceId, name, value: printable(value.slice(0, 120)) });
  }

  fault(reason: QuarantineReason, detail: string): void {
    this.#faults ??= new Map();
    const known = this.#faults.get(reason);
    if (!known) this.#faults.set(reason, { count: 1, named: [printable(detail)] });
    else {
      known.count += 1;
      if (known.named.length < NAMED) known.named.push(printable(detail));
    }
  }

  result(): Decoded {
    if (this.samples.length === 0 && this.facts.length === 0 && !this.#faults && this.#absent === 0)
      this.fault('unknown-shape', 'the payload holds no value');
    if (!this.#faults) return { samples: this.samples, faults: [], facts: this.facts };
    const faults: DecodeFault[] = [...this.#faults].map(([reason, { count, named }]) => ({
      reason,
      detail: named.join('; ') + (count > named.length ? `; and ${count - named.length} more` : ''),
    }));
    return { samples: this.samples, faults, facts: this.facts };
  }
}

/** Faults named in a detail: enough to find the wrong field, few enough for a list on a screen. */
const NAMED = 8;

/** Text of a device on its way to a log, a screen and a text column: short, and free of control characters (PostgreSQL refuses NUL). */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
export const printable = (text: string): string => text.slice(0, 160).replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/g, '\u00b7');
