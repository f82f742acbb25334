import { MINUTE, SECOND } from '#libs/contracts';

/**
 * Connections a device may open within a minute. Fewer: a modem on the edge of its cell, which reconnects every few seconds in a
 * storm (just when its readings count), is locked out. More: two stations set up with one id push each other off all day and
 * nobody notices.
 */
const CONNECTS_A_MINUTE = 30;
/** A device that sleeps connects once an interval; so many connections an interval are never flapping, however short it is. */
const CONNECTS_AN_INTERVAL = 3;
/** First ban; each following one lasts twice as long. Shorter: it does not calm anything. Longer: readings wait. */
const FIRST_BAN = 5 * SECOND;
/** Longer: a device that recovered in a storm is not heard for minutes. */
const LONGEST_BAN = 2 * MINUTE;
/** After so long without a ban the next one is a first one again. */
const FORGIVEN = 10 * MINUTE;

interface Past {
  /** Starts of the minute being counted, and connections in it. */
  since: number;
  count: number;
  bannedUntil: number;
  bans: number;
}

/** What a connection attempt meets. `ban-begins` is said once for each ban. */
export type FlapAnswer = { may: 'connect' } | { may: 'wait'; until: number; begins: boolean };

/**
 * Refuses devices that connect all the time, for a growing while. Attempts during a ban don't prolong it: a device that tries
 * every second gets in when it ends. Call it for authenticated devices only: its memory is then bounded by the registry, and
 * nobody can have a device banned by guessing its secret.
 */
export class FlapGuard {
  readonly #past = new Map<string, Past>();

  /** @param limit connections a minute; 0 = no limit */
  constructor(private readonly limit = CONNECTS_A_MINUTE) {}

  /**
   * @param interval the device's upload interval, seconds
   * @param now      epoch ms
   */
  attempt(deviceId: string, interval: number, now: number): FlapAnswer {
    if (this.limit === 0) return { may: 'connect' };
    const past = this.#past.get(deviceId);
    if (!past) {
      this.#past.set(deviceId, { since: now, count: 1, bannedUntil: 0, bans: 0 });
      return { may: 'connect' };
    }
    // A clock set back must not keep a device out, nor in the same minute for ever.
    if (past.since - now > LONGEST_BAN) Object.assign(past, { since: now, count: 0, bannedUntil: 0 });
    if (now < past.bannedUntil) return { may: 'wait', until: past.bannedUntil, begins: false };
    if (now - past.since >= MINUTE) {
      past.since = now;
      past.count = 0;
    }
    past.count += 1;
    if (past.count <= Math.max(this.limit, (CONNECTS_AN_INTERVAL * MINUTE) / (interval * SECOND))) return { may: 'connect' };
    if (now - past.bannedUntil > FORGIVEN) past.bans = 0;
    past.bannedUntil = now + Math.min(FIRST_BAN * 2 ** past.bans, LONGEST_BAN);
    past.bans += 1;
    past.since = past.bannedUntil;
    past.count = 0;
    return { may: 'wait', until: past.bannedUntil, begins: true };
  }
}
