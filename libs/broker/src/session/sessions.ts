/** One connection of a device. `epoch` rises with every connection of the broker. */
export interface Session {
  readonly epoch: number;
  readonly deviceId: string;
  readonly clientId: string;
}

/**
 * Who is connected, by connection epoch. When a device reconnects before its old connection has ended, the end of the old one
 * is reported after the start of the new one; whoever believes that report shows a live device as gone. Events of an epoch
 * that is no longer the current one of its client id are therefore ignored.
 */
export class Sessions<T extends Session> {
  #epoch = 0;
  readonly #current = new Map<string, T>();
  /** Oldest first. Nearly always one. */
  readonly #ofDevice = new Map<string, T[]>();

  /** Starts a session; answers the one it takes over, which the caller must close (MQTT-3.1.4-2). */
  open(make: (epoch: number) => T): { session: T; replaced: T | undefined } {
    this.#epoch += 1;
    const session = make(this.#epoch);
    const replaced = this.#current.get(session.clientId);
    this.#current.set(session.clientId, session);
    const others = (this.#ofDevice.get(session.deviceId) ?? []).filter((each) => each !== replaced);
    this.#ofDevice.set(session.deviceId, [...others, session]);
    return { session, replaced };
  }

  /** Ends a session. False: a later one had taken over, so nothing changed. */
  close(session: T): boolean {
    if (this.#current.get(session.clientId) !== session) return false;
    this.#current.delete(session.clientId);
    const others = (this.#ofDevice.get(session.deviceId) ?? []).filter((each) => each !== session);
    if (others.length > 0) this.#ofDevice.set(session.deviceId, others);
    else this.#ofDevice.delete(session.deviceId);
    return true;
  }

  /** True while the device has a connection. That is not "online": sleeping devices connect for seconds (docs/glossary.md). */
  connected(deviceId: string): boolean {
    return this.#ofDevice.has(deviceId);
  }

  /** Connections of a device, oldest first. More than one only with the secret as username and several client ids. */
  of(deviceId: string): readonly T[] {
    return this.#ofDevice.get(deviceId) ?? [];
  }

  get size(): number {
    return this.#current.size;
  }
}
