import { SECOND } from '#libs/contracts';

/**
 * What a red warning has, from the crossing to the wall and to the vendor: five seconds by command (`npm run drill`, RED_SECONDS=5). Among other
 * drills less than the thirty after which a statement on a server that hangs is given up: what is later has waited for one.
 */
export const RED_LIMIT_MS = Number(process.env['RED_SECONDS'] ?? 25) * SECOND;
