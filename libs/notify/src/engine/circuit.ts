import type { Channel, SendResult } from '../ports.js';

/** Answers looked back on. */
const WINDOW = 100;
/** Fewer answers say nothing about a share: with 1 of 2 failed a provider would be given up for one hiccup. */
const MIN_SAMPLE = 20;
/** Account errors (no money, wrong key) do not heal by themselves: five in the window are enough to stop wasting people's seconds. */
const ACCOUNT_LIMIT = 5;
/** Longer leaves a healed provider unused, shorter hammers a sick one (notify.md §5.2). */
const OPEN_MS = 30_000;
const PROBES = 5;

type Mark = 'ok' | 'weak' | 'account' | 'other';

/**
 * Circuit breaker of one provider (notify.md §5.2): ≥ 5 account errors or > 50 % transient or unanswered of the last 100 → open 30 s, then five
 * probes; one good answer closes it, one bad opens it again. Time is an argument.
 */
export class Circuit {
  #window: Mark[] = [];
  #openUntil: number | null = null;
  #probes = 0;
  #reason = '';

  /** May a message go to this provider now? Counts a probe when half open. */
  admit(now: number): boolean {
    if (this.#openUntil === null) return true;
    if (now < this.#openUntil || this.#probes >= PROBES) return false;
    this.#probes += 1;
    return true;
  }

  /** Would `admit` say yes? Counts nothing. */
  usable(now: number): boolean {
    return this.#openUntil === null || (now >= this.#openUntil && this.#probes < PROBES);
  }

  /** Takes one answer in. @returns the new state when this answer changed it */
  record(result: SendResult, now: number): 'opened' | 'closed' | undefined {
    const mark = markOf(result);
    if (this.#openUntil !== null) {
      if (mark === 'ok' || mark === 'other') {
        this.#openUntil = null;
        this.#window = [];
        return 'closed';
      }
      // A late answer of the time before it opened must not put the probes off again.
      if (now >= this.#openUntil) this.#open(now, result);
      return undefined;
    }
    this.#window.push(mark);
    if (this.#window.length > WINDOW) this.#window.shift();
    const count = (kind: Mark) => this.#window.filter((one) => one === kind).length;
    const weak = this.#window.length >= MIN_SAMPLE && count('weak') > this.#window.length / 2;
    if (count('account') < ACCOUNT_LIMIT && !weak) return undefined;
    this.#open(now, result);
    return 'opened';
  }

  state(now: number): { state: 'closed' | 'open' | 'half-open'; reason: string } {
    if (this.#openUntil === null) return { state: 'closed', reason: '' };
    return { state: now < this.#openUntil ? 'open' : 'half-open', reason: this.#reason };
  }

  #open(now: number, result: SendResult): void {
    this.#openUntil = now + OPEN_MS;
    this.#probes = 0;
    this.#window = [];
    this.#reason = result.ok ? '' : `${result.cls} ${result.code}`;
  }
}

/** The circuits of all channels, one each: they outlive the dispatchers that use them. */
export class Circuits {
  readonly #byChannel = new WeakMap<Channel, Circuit>();

  of(channel: Channel): Circuit {
    const known = this.#byChannel.get(channel);
    if (known) return known;
    const made = new Circuit();
    this.#byChannel.set(channel, made);
    return made;
  }
}

function markOf(result: SendResult): Mark {
  if (result.ok) return 'ok';
  if (result.cls === 'TRANSIENT' || result.cls === 'UNKNOWN') return 'weak';
  // A refused number or text says that the provider itself works.
  return result.cls === 'ACCOUNT' ? 'account' : 'other';
}
