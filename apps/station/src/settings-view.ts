import { Settings } from '#libs/contracts';
import type { StageBus } from '#libs/contracts';
import type { Store } from '#libs/store';

/** The settings in force, in memory: defaults until a person saved some, renewed whenever they change. */
export async function settingsView(store: Store, bus: StageBus): Promise<() => Settings> {
  const read = async () => (await store.settings.current())?.settings ?? Settings.parse({});
  let current = await read();
  bus.listen('station', 'settings.changed', async () => {
    current = await read();
  });
  return () => current;
}
