/**
 * Tokens a provider's rate allows. Time is an argument; a clock that is put back gives nothing until it has caught up, one put forward at
 * most a burst.
 */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number | undefined;

  /**
   * @param perSecond what the provider takes; infinite: no limit
   * @param burst     at once after a rest. Under the rate of one poll (0.2 s) a lane that slept would never reach its rate; far over it the
   *                  provider's own limiter refuses the second half.
   */
  constructor(perSecond: number, burst = Math.max(1, perSecond / 4)) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Whole tokens there are; for what is not urgent a tenth of the burst stays behind. */
  available(now: number, urgent: boolean): number {
    if (this.#perSecond === Infinity) return Infinity;
    this.#refill(now);
    return Math.max(0, Math.floor(this.#tokens - (urgent || this.#burst < 10 ? 0 : this.#burst / 10)));
  }

  /** Takes one, also where none is left: the debt is paid before the next. */
  take(now: number): void {
    if (this.#perSecond === Infinity) return;
    this.#refill(now);
    this.#tokens -= 1;
  }

  #refill(now: number): void {
    const since = Math.max(0, now - (this.#at ?? now));
    this.#at = now;
    this.#tokens = Math.min(this.#burst, this.#tokens + (since / 1000) * this.#perSecond);
  }
}
