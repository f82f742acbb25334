import { SECOND } from '#libs/contracts';
import type { ClaimedDelivery, Settlement } from '#libs/notify';
import type { Metrics } from '#libs/platform';

/** What the stage counts. Promised: first red accepted < 1 s after its release, 99 % of 5,000 within 10 s (notify.md §4.2). */
export class NotifyMetrics {
  readonly #settled;
  readonly #delay;

  constructor(metrics: Metrics) {
    this.#settled = metrics.counter('notify', 'settled_total', 'Outcomes of sending, by provider and class of answer', [
      'provider',
      'outcome',
    ]);
    this.#delay = metrics.histogram(
      'notify',
      'release_to_accepted_seconds',
      'Time from the release of a warning to a provider taking the message',
      [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 180, 900],
      ['level'],
    );
  }

  settled(delivery: ClaimedDelivery, settlement: Settlement, provider: string | undefined, now: number): void {
    this.#settled.inc({ provider: provider ?? 'none', outcome: settlement.error?.class ?? settlement.status });
    if (settlement.status === 'accepted') this.#delay.observe({ level: delivery.level }, (now - delivery.createdAt) / SECOND);
  }
}
