import { MINUTE, SECOND } from '#libs/contracts';

/** Names of a carrier that are remembered: a county's season. A report comes within minutes, at most days; the oldest go first. */
const REMEMBERED = 200_000;
/** A submission nobody answered is looked for this long; a report that comes later is nobody's. */
const LOOKED_FOR_MS = 60 * MINUTE;
/**
 * How far the carrier's time of submission may lie from ours. Narrower than its clock runs wrong, and no report is ever matched; wider, and the report
 * of another message to the same number is taken for this one.
 */
const BEFORE_MS = 3 * SECOND;
const AFTER_MS = 12 * SECOND;

/** One submission the carrier has not named yet: its answer is under way, or was lost. */
export interface Nameless<T> {
  readonly owner: T;
  readonly to: string;
  readonly at: number;
}
/** When a report says its message was submitted, as exactly as it says it, epoch ms: from the first to before the second. */
export interface SubmittedWithin {
  from: number;
  until: number;
}

/**
 * What was submitted to a carrier that names messages itself and knows no name of ours. Whose a report is the answer to the submission has told; where that
 * is still under way or was lost, number and time tell it, when they fit the submissions of one owner alone. Nothing is guessed of a time in which
 * whoever sent before us may have been at work: its messages are known to nobody here.
 */
export class Submissions<T> {
  readonly #named = new Map<string, T>();
  /** Oldest first. */
  readonly #nameless = new Set<Nameless<T>>();

  /** @param since when this began to send, epoch ms */
  constructor(private readonly since: number) {}

  /** It is being handed over. @param at epoch ms */
  left(owner: T, to: string, at: number): Nameless<T> {
    for (const oldest of this.#nameless) {
      if (at - oldest.at <= LOOKED_FOR_MS) break;
      this.#nameless.delete(oldest);
    }
    const submission = { owner, to, at };
    this.#nameless.add(submission);
    return submission;
  }

  /** The carrier took it, and calls it so. */
  named(submission: Nameless<T>, name: string): void {
    // Its report was there first and had it by its number: what was struck off then may have been another of the same owner, in whose place this one stays.
    if (this.#named.get(name) === submission.owner) return;
    this.#nameless.delete(submission);
    this.#name(name, submission.owner);
  }

  /** The carrier did not take it: there will be no report. */
  refused(submission: Nameless<T>): void {
    this.#nameless.delete(submission);
  }

  /** @returns whose message a report is about; undefined when neither its name nor its number and time say it */
  ownerOf(name: string, to: string, submitted: SubmittedWithin | undefined): T | undefined {
    const known = this.#named.get(name);
    if (known !== undefined || !submitted || submitted.from <= this.since + AFTER_MS) return known;
    const fits = [...this.#nameless].filter(
      (one) => one.to === to && submitted.from <= one.at + AFTER_MS && submitted.until > one.at - BEFORE_MS,
    );
    const [first] = fits;
    if (!first || fits.some(({ owner }) => owner !== first.owner)) return undefined;
    this.#nameless.delete(first);
    this.#name(name, first.owner);
    return first.owner;
  }

  #name(name: string, owner: T): void {
    this.#named.set(name, owner);
    if (this.#named.size <= REMEMBERED) return;
    const [oldest] = this.#named.keys();
    if (oldest !== undefined) this.#named.delete(oldest);
  }
}
