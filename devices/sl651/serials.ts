/** A gap of more is a station that was restarted or changed, not messages lost on the way. */
const MAX_GAP = 500;
/** Serial numbers run from 1 to FFFF and begin again. */
const SERIALS = 0xffff;

/** Spans a station is still to be asked for. More: one that answers nothing is asked for old days while it should send new ones. */
const MAX_WANTED = 8;

/** A time something is missing from, epoch ms. */
export interface Span {
  from: number;
  to: number;
}

/** What is remembered of a station between its messages. */
interface Remembered {
  serial: number;
  /** Observation time of that message, epoch ms; NaN: it had none. */
  observed: number;
  elements: Set<string>;
  wanted: Span[];
  /** Spans it was asked for lately, so that one loss found twice (by its number and by its time) is one question. */
  asked: Span[];
}

export interface SerialGap extends Span {
  /** Messages that did not come. */
  lost: number;
}

/**
 * What is known of each station from one connection to the next: its last serial number, which tells of messages that never came, and what
 * it is to be asked for. Bounded by the number of registered devices. A restart forgets it: what was lost around it is found by its time.
 */
export class Sl651Serials {
  readonly #stations = new Map<string, Remembered>();

  /** Elements the station has sent so far. */
  elements(deviceId: string): ReadonlySet<string> {
    return this.#stations.get(deviceId)?.elements ?? new Set();
  }

  /** Remembers to ask for a span. @returns false when the station has not spoken since the start: nobody knows what it measures */
  want(deviceId: string, { from, to }: Span): boolean {
    const known = this.#stations.get(deviceId);
    if (!known) return false;
    const covers = (span: Span): boolean => span.from <= from && span.to >= to;
    if (!known.wanted.some(covers) && !known.asked.some(covers)) known.wanted = [...known.wanted, { from, to }].slice(-MAX_WANTED);
    return true;
  }

  /** What is to be asked for now; it counts as asked. */
  takeWanted(deviceId: string): readonly Span[] {
    const known = this.#stations.get(deviceId);
    if (!known || known.wanted.length === 0) return [];
    const spans = known.wanted;
    known.wanted = [];
    known.asked = [...known.asked, ...spans].slice(-MAX_WANTED);
    return spans;
  }

  /** A message was received. @returns the gap before it; undefined: none, a resend, or a station that began to count anew */
  seen(deviceId: string, message: { serial: number; observed: number; elements: readonly string[] }): SerialGap | undefined {
    const before = this.#stations.get(deviceId);
    const elements = new Set([...(before?.elements ?? []), ...message.elements].slice(0, 32));
    const step = before ? (message.serial - before.serial + SERIALS) % SERIALS : 1;
    // Backwards by little: a resend of an older message, which must not make the newer ones look lost.
    if (before && (step === 0 || step > SERIALS - MAX_GAP)) return undefined;
    const observed = Number.isNaN(message.observed) ? (before?.observed ?? Number.NaN) : message.observed;
    const { wanted, asked } = before ?? { wanted: [], asked: [] };
    this.#stations.set(deviceId, { serial: message.serial, observed, elements, wanted, asked });
    if (!before || step === 1 || step > MAX_GAP || !(message.observed > before.observed)) return undefined;
    return { lost: step - 1, from: before.observed, to: message.observed };
  }
}
