import { MINUTE } from '#libs/contracts';

/** How long a payload is remembered (contract.md, MQTT). */
export const RESEND_WINDOW_MS = 10 * MINUTE;

/**
 * Payloads remembered for one device. A device resends what it has in flight, at most some hundred; without a limit a
 * device at full rate would keep 30,000 hashes.
 */
const PER_DEVICE = 500;

interface Kept {
  at: number;
  done: Promise<void>;
}

/**
 * Memory of payloads whose readings were stamped on arrival. They carry no time to recognise a resend by; a packet with the
 * MQTT DUP flag and the same payload within ten minutes is the same message, and ends as the first one ended.
 */
export class Resends {
  readonly #byDevice = new Map<string, Map<string, Kept>>();

  /** The fate of the earlier packet with this payload; undefined: none is remembered. */
  earlier(deviceId: string, hash: string, now: number): Promise<void> | undefined {
    const kept = this.#byDevice.get(deviceId)?.get(hash);
    return kept && now - kept.at <= RESEND_WINDOW_MS ? kept.done : undefined;
  }

  /** Remembers a packet until `done` fails (what was not stored must be taken when it comes again) or the window is over. */
  remember(deviceId: string, hash: string, now: number, done: Promise<void>): void {
    const known = this.#byDevice.get(deviceId) ?? new Map<string, Kept>();
    this.#byDevice.set(deviceId, known);
    for (const [old, { at }] of known) {
      if (known.size < PER_DEVICE && now - at <= RESEND_WINDOW_MS) break;
      known.delete(old);
    }
    const kept = { at: now, done };
    known.delete(hash);
    known.set(hash, kept);
    done.catch(() => {
      if (known.get(hash) === kept) known.delete(hash);
    });
  }
}
