import type { Clock } from '#libs/contracts';

/** The wall clock. Tests and drills inside tests hand in a fake one (libs/testing). */
export const wallClock: Clock = { now: () => Date.now() };
