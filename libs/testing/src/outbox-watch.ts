import type { GatewayMessage } from '#libs/contracts';
import type { Observation } from './scenario.js';

/** How often the simulated vendor is asked. A message is seen at most this late, so times in a scenario are that exact. */
const LOOK_EVERY_MS = 50;

/** What the simulated vendors took, as they take it: each message is an observation of its channel, `sms`, `voice` and so on. */
export class OutboxWatch {
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  constructor(
    readonly url: string,
    readonly observations: Observation[] = [],
  ) {
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    }, LOOK_EVERY_MS);
  }

  /** SMS taken so far, asked now; of one number when `to` is given. */
  async messages(to?: string): Promise<GatewayMessage[]> {
    return (await this.everything(to)).filter(({ channel }) => channel === 'sms');
  }

  /** The same by every channel. */
  async everything(to?: string): Promise<GatewayMessage[]> {
    const answer = await fetch(`${this.url}/__outbox${to ? `?to=${to}` : ''}`);
    if (!answer.ok) throw new Error(`gateway simulator: ${answer.status}`);
    return (await answer.json()) as GatewayMessage[];
  }

  /** Makes something go wrong at the simulated vendor (`POST /__faults`). */
  async order(fault: { suffix?: string; kind: string; count?: number }): Promise<void> {
    const answer = await fetch(`${this.url}/__faults`, { method: 'POST', body: JSON.stringify(fault) });
    if (!answer.ok) throw new Error(`gateway simulator refused the fault: ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    let messages: GatewayMessage[];
    try {
      messages = await this.everything();
    } catch {
      // Between a kill and a restart nobody answers; the next look sees what was missed.
      return;
    }
    for (const message of messages) {
      if (this.#seen.has(message.id)) continue;
      this.#seen.add(message.id);
      this.observations.push({ at: Date.now(), kind: message.channel, what: message });
    }
  }
}
