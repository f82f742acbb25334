import { MINUTE, SECOND } from '#libs/contracts';

/** Names of the vendor remembered as answered: a county's season. The oldest go first. */
const REMEMBERED = 100_000;
/** A submission nobody answered is looked for this long; a report that comes later is nobody's. */
const LOOKED_FOR_MS = 60 * MINUTE;
/**
 * How far the vendor's second of submission may lie from ours. Narrower than its clock runs wrong, and no report is ever matched; wider, and the report
 * of another message to the same number is taken for this one.
 */
const BEFORE_MS = 3 * SECOND;
const AFTER_MS = 12 * SECOND;

/**
 * Submissions whose answer was lost, so that nobody knows the vendor's name for them. Their report is known by number and second of submission, where
 * that fits one of them alone; its name must be none that an answer has told.
 */
export class Unanswered {
  readonly #open = new Map<string, { to: string; at: number }>();
  readonly #answered = new Set<string>();

  /** @param at when it was handed over, epoch ms */
  lost(outId: string, to: string, at: number): void {
    for (const [known, one] of this.#open) if (at - one.at > LOOKED_FOR_MS) this.#open.delete(known);
    this.#open.set(outId, { to, at });
  }

  answered(name: string): void {
    this.#answered.add(name);
    if (this.#answered.size <= REMEMBERED) return;
    for (const oldest of this.#answered) {
      this.#answered.delete(oldest);
      return;
    }
  }

  /** @returns the out id of the submission a report is about; undefined when its name says it, or nothing does */
  ownerOf(name: string, to: string, submittedAt: number | undefined): string | undefined {
    if (submittedAt === undefined || this.#answered.has(name)) return undefined;
    const fits = [...this.#open].filter(
      ([, one]) => one.to === to && submittedAt >= one.at - BEFORE_MS && submittedAt <= one.at + AFTER_MS,
    );
    return fits.length === 1 ? fits[0]?.[0] : undefined;
  }
}
