import { spanEnd, silenceHolds, type HazardPoint, type Silence } from '#libs/contracts';

/** Silences in memory, asked for with every decision. Nearly always there is none. */
export class SilenceIndex {
  #silences: readonly Silence[] = [];

  /** Puts a silence in, or in place of its older version; those that are over by then are forgotten. @param now epoch ms */
  put(silence: Silence, now: number): void {
    const others = this.#silences.filter((other) => other.id !== silence.id && spanEnd(other) > now);
    this.#silences = [...others, silence];
  }

  find(id: string): Silence | undefined {
    return this.#silences.find((silence) => silence.id === id);
  }

  /** Those that hold for this point. @param at wall clock, epoch ms */
  of(point: HazardPoint, at: number): readonly Silence[] {
    return this.#silences.filter((silence) => silenceHolds(silence, point, at));
  }
}
