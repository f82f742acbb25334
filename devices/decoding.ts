import type {
  CodecContext,
  Decoded,
  DeviceFact,
  DecodeFault,
  ProfileField,
  QuarantineReason,
  ResolvedProfile,
  Sample,
} from '#libs/contracts';

/** What of a payload is being read, gathered. Faults of one reason become one, with the first few named. */
export class Decoding {
  readonly samples: Sample[] = [];
  readonly facts: DeviceFact[] = [];
  readonly #faults = new Map<QuarantineReason, { count: number; named: string[] }>();
  #absent = 0;

  constructor(readonly context: CodecContext) {}

  /** Profile of an id in the payload; undefined, with the fault noted, when its values are not taken. */
  profile(deviceId: string): ResolvedProfile | undefined {
    const source = this.context.source(deviceId);
    if ('profile' in source) return source.profile;
    this.fault(source.refused, source.detail);
    return undefined;
  }

  sample(deviceId: string, channel: string, field: ProfileField, time: number | null, sent: number): void {
    if (sent === 0 && field.zeroIsAbsent) this.#absent += 1;
    else this.samples.push({ deviceId, channel, field, time, value: field.factor === 1 ? sent : sent * field.factor });
  }

  fact(deviceId: string, name: string, value: string): void {
    this.facts.push({ deviceId, name, value: value.slice(0, 120) });
  }

  fault(reason: QuarantineReason, detail: string): void {
    const known = this.#faults.get(reason);
    if (!known) this.#faults.set(reason, { count: 1, named: [printable(detail)] });
    else {
      known.count += 1;
      if (known.named.length < NAMED) known.named.push(printable(detail));
    }
  }

  result(): Decoded {
    if (this.samples.length + this.facts.length + this.#faults.size + this.#absent === 0)
      this.fault('unknown-shape', 'the payload holds no value');
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
