/**
 * Is what the screen shows still the present? `broken` when nothing was heard for five seconds: by then a duty officer
 * must be told that he looks at the past. Shorter would flash on every hiccup of a county network.
 */
export const brokenAfter = 5_000;
/** Ask the station for a sign of life when it has been quiet this long (a quiet county sends no frames). */
export const probeAfter = 2_500;

export interface Link {
  connected: boolean;
  /** When anything last arrived, milliseconds of the browser's monotonic clock. */
  heardAt: number;
  probing: boolean;
}
export type LinkState = 'connecting' | 'live' | 'broken';

export function linkState(link: Link, everConnected: boolean, now: number): LinkState {
  if (!everConnected) return now - link.heardAt > brokenAfter ? 'broken' : 'connecting';
  return now - link.heardAt > brokenAfter ? 'broken' : 'live';
}

export function shouldProbe(link: Link, now: number): boolean {
  return link.connected && !link.probing && now - link.heardAt > probeAfter;
}

/**
 * Offset of the station's clock from the browser's, ms. The least delayed message tells it best, so the largest of the
 * newest samples wins; a kiosk's own clock is never shown.
 */
export function clockOffset(samples: readonly number[]): number {
  return samples.length === 0 ? 0 : Math.max(...samples);
}
