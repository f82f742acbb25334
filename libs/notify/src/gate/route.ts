import type { Channel, ClaimedDelivery } from '../ports.js';

/** A channel as configured. `simulated`: its messages reach nobody's phone (the gateway simulator, our own wall), so that a drill may take it. */
export interface Driver {
  channel: Channel;
  simulated: boolean;
  /** Switched off or removed: it only tells those it told before that things have changed, or are over. */
  farewell?: boolean;
}

/** Tries on one driver before the next is taken: red spends at most 15 s on a sick provider (notify.md §1.5). */
export const TRIES_PER_DRIVER = 5;

/** Drivers a delivery may take at all. */
export const allowedDrivers = (delivery: Routed, drivers: readonly Driver[]): Driver[] =>
  serving(delivery, drivers).filter(({ simulated }) => delivery.deliver === 'real' || simulated);

type Routed = Pick<ClaimedDelivery, 'channel' | 'deliver' | 'address' | 'kind'>;

const serving = ({ channel: by, address, kind }: Routed, drivers: readonly Driver[]): Driver[] =>
  drivers.filter(
    ({ channel, farewell }) => channel.channel === by && (channel.serves?.(address) ?? true) && !(farewell && kind === 'warning'),
  );

export type Route = { driver: Driver } | { suppressed: 'drill-not-delivered' } | { none: 'no-driver' | 'all-circuits-open' };

/**
 * Which way a delivery goes now: left to right through the configured drivers, `TRIES_PER_DRIVER` attempts each, skipping those
 * whose circuit is open. A drill that is not declared real only ever takes simulated drivers.
 *
 * @param admit whether a driver's circuit lets a message through; called once, for the driver that is then taken
 */
export function chooseRoute(
  delivery: Routed & Pick<ClaimedDelivery, 'attempts'>,
  drivers: readonly Driver[],
  admit: (driver: Driver) => boolean,
): Route {
  if (serving(delivery, drivers).length === 0) return { none: 'no-driver' };
  const allowed = allowedDrivers(delivery, drivers);
  if (allowed.length === 0) return { suppressed: 'drill-not-delivered' };
  const first = Math.floor(Math.max(0, delivery.attempts - 1) / TRIES_PER_DRIVER) % allowed.length;
  const order = [...allowed.slice(first), ...allowed.slice(0, first)];
  const driver = order.find(admit);
  return driver ? { driver } : { none: 'all-circuits-open' };
}
