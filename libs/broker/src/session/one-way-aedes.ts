import { Aedes } from 'aedes';

/**
 * Aedes without its bus. Devices speak to the station only, so nothing is ever routed: what a device publishes is finished when
 * it is accepted, a subscription is a mark on its connection, and the station writes to that connection itself. Subscribing
 * stays O(1) however many devices subscribe to one filter.
 */
export class OneWayAedes extends Aedes {
  static async open(options: ConstructorParameters<typeof Aedes>[0]): Promise<OneWayAedes> {
    const aedes = new OneWayAedes(options);
    await aedes.listen();
    return aedes;
  }

  /** Called by Aedes for messages of clients (`client` in between) and for its own `$SYS` ones. */
  override publish(_packet: unknown, client: unknown, done?: (error?: Error) => void): void {
    if (typeof client === 'function') client();
    else done?.();
  }

  override subscribe(_topic: string, _deliver: unknown, done?: () => void): void {
    done?.();
  }

  override unsubscribe(_topic: string, _deliver: unknown, done?: () => void): void {
    done?.();
  }
}
