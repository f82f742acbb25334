import { SECOND } from '#libs/contracts';
import { PATIENCE_MS } from '#libs/testing';

/**
 * What a red warning has, from the crossing to the wall and to the vendor: five seconds by command (`npm run drill`, RED_SECONDS=5). Among other
 * drills it only has to come: how fast is no matter of a machine that does other work.
 */
export const RED_LIMIT_MS = Number(process.env['RED_SECONDS'] ?? PATIENCE_MS / SECOND) * SECOND;
