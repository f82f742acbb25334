/** A gap of more is a station that was restarted or changed, not messages lost on the way. */
const MAX_GAP = 500;
/** Serial numbers run from 1 to FFFF and begin again. */
const SERIALS = 0xffff;

/** What is remembered of a station between its messages. */
interface Remembered {
  serial: number;
  /** Observation time of that message, epoch ms; NaN: it had none. */
  observed: number;
  elements: Set<string>;
}

export interface SerialGap {
  /** Messages that did not come. */
  lost: number;
  /** The time they may be of. */
  from: number;
  to: number;
  /** Elements the station has sent so far. */
  elements: ReadonlySet<string>;
}

/** Finds the messages of a station that never came, by their serial numbers. Bounded by the number of registered devices. */
export class Sl651Serials {
  readonly #stations = new Map<string, Remembered>();

  /** A message was received. @returns the gap before it; undefined: none, a resend, or a station that began to count anew */
  seen(deviceId: string, message: { serial: number; observed: number; elements: readonly string[] }): SerialGap | undefined {
    const before = this.#stations.get(deviceId);
    const elements = new Set([...(before?.elements ?? []), ...message.elements].slice(0, 32));
    const step = before ? (message.serial - before.serial + SERIALS) % SERIALS : 1;
    // Backwards by little: a resend of an older message, which must not make the newer ones look lost.
    if (before && (step === 0 || step > SERIALS - MAX_GAP)) return undefined;
    const observed = Number.isNaN(message.observed) ? (before?.observed ?? Number.NaN) : message.observed;
    this.#stations.set(deviceId, { serial: message.serial, observed, elements });
    if (!before || step === 1 || step > MAX_GAP || !(message.observed > before.observed)) return undefined;
    return { lost: step - 1, from: before.observed, to: message.observed, elements };
  }
}
