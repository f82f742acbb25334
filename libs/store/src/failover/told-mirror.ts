import type { LedgerEntry, Told, ToldStore } from '#libs/alert';
import { groupChannel, normalPhone, type DeliveryIntent, type WarningRecord } from '#libs/contracts';

const isOpen = ({ state }: WarningRecord): boolean => state === 'candidate' || state === 'confirmed';

/**
 * Who was planned to be told of the warnings that are open, for an all-clear while the database is away. It takes a plan for a message: somebody
 * whose message failed hears that it is over, which does no harm.
 */
export class ToldMirror {
  /** By warning, then by scope and address. */
  readonly #told = new Map<string, Map<string, Told>>();

  async load(store: ToldStore, open: readonly WarningRecord[]): Promise<void> {
    for (const { id } of open)
      for (const scope of ['internal', 'public'] as const) for (const told of await store.of(id, scope)) this.#keep(id, scope, told);
  }

  written({ deliveries = [], warnings = [] }: LedgerEntry): void {
    for (const { warningId, scope, channel, recipient, role, address } of deliveries) {
      const group = groupChannel(channel);
      // Taken for people, a robot would be sent an SMS.
      this.#keep(warningId, scope, { recipient, role, address, ...(group ? { group } : {}) });
    }
    for (const warning of warnings) {
      const { state } = warning.releases.public;
      // Ended, and no household holds a message that somebody may still take back.
      if (!isOpen(warning) && state !== 'published' && state !== 'adjusted') this.#told.delete(warning.id);
    }
  }

  of(warningId: string, scope: DeliveryIntent['scope']): Told[] {
    return [...(this.#told.get(warningId) ?? [])].flatMap(([key, told]) => (key.startsWith(`${scope} `) ? [told] : []));
  }

  #keep(warningId: string, scope: string, told: Told): void {
    const known = this.#told.get(warningId) ?? new Map<string, Told>();
    this.#told.set(warningId, known);
    const key = `${scope} ${normalPhone(told.address)}`;
    if (!known.has(key)) known.set(key, told);
  }
}

/** Who was told, from the database or, when it can't be asked, from the mirror. */
export const mirroredTold = (
  database: ToldStore,
  mirror: ToldMirror,
  ask: <T>(database: () => Promise<T>, otherwise: () => T | undefined) => Promise<T>,
): ToldStore => ({
  of: (warningId, scope) =>
    ask(
      () => database.of(warningId, scope),
      () => mirror.of(warningId, scope),
    ),
});
