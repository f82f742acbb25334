import { Problem, Settings, type Clock, type RosterView, type SettingsPatch, type StageBus } from '#libs/contracts';
import { mayReadPersonalData } from '../identity/access.js';
import { record } from '../audit.js';
import { loggedChannels, mergedChannels, shownChannels } from './channel-settings.js';
import { formerChannels } from './former-channels.js';
import type { CommandContext } from '../context.js';
import { maskSettings } from '../identity/masking.js';
import { outOfServiceAmong } from '../registry/out-of-service.js';
import { requirePublishable } from '../registry/publishable.js';
import type { SettingsStore } from '../ports.js';
import type { ScopedView } from '../identity/scope.js';
import { Serial } from '../operation/serial.js';

export interface SettingsRecord {
  version: number;
  updatedBy: string;
  settings: Settings;
}

/** The county's settings in memory: the code's defaults are version 0, every change is a new version in the store. */
export class SettingsKeeper {
  #record: SettingsRecord = { version: 0, updatedBy: 'default', settings: Settings.parse({}) };
  readonly #writes = new Serial();

  constructor(
    private readonly store: SettingsStore,
    private readonly bus: StageBus,
    private readonly clock: Clock = { now: Date.now },
  ) {}

  async load(): Promise<void> {
    this.#record = (await this.store.current()) ?? this.#record;
  }

  /** Bound, so that it can be handed on as `() => Settings`. */
  readonly current = (): Settings => this.#record.settings;

  get record(): SettingsRecord {
    return this.#record;
  }

  /** Named fields change, others stay; levels of `release` not named stay too. */
  change(patch: SettingsPatch, by: string): Promise<SettingsRecord> {
    return this.#writes.run(async () => {
      const before = this.#record;
      const release = { ...before.settings.release, ...patch.release };
      const downlink = { ...before.settings.downlink, ...patch.downlink };
      const retention = { ...before.settings.retention, ...patch.retention };
      const outage = { ...before.settings.outage, ...patch.outage };
      const hooks = { ...before.settings.hooks, ...patch.hooks };
      const alert = { ...before.settings.alert, ...patch.alert };
      const knockAfterSeconds = { ...before.settings.callout.knockAfterSeconds, ...patch.callout?.knockAfterSeconds };
      const heartbeat = { ...before.settings.heartbeat, ...patch.heartbeat };
      const channels = mergedChannels(before.settings.channels, patch.channels);
      const settings = Settings.parse({
        ...before.settings,
        ...patch,
        release,
        downlink,
        retention,
        outage,
        hooks,
        alert,
        callout: { knockAfterSeconds },
        heartbeat,
        channels,
        formerChannels: formerChannels(before.settings.formerChannels, before.settings.channels, channels, this.clock.now()),
      });
      for (const policies of [release, ...Object.values(alert.divisions).map((one) => one.release)]) requirePublishable(policies, settings);
      const next = { version: before.version + 1, updatedBy: by, settings };
      await this.store.save(settings, next.version, by);
      this.#record = next;
      await this.bus.publish('settings.changed', { version: next.version });
      return next;
    });
  }
}

/** As people see them. */
export type ShownSettings = Omit<SettingsRecord, 'settings'> & {
  settings: Omit<Settings, 'formerChannels' | 'dutyRoster'> & { dutyRoster: RosterView[] };
};

export async function readSettings(context: CommandContext, view: ScopedView): Promise<ShownSettings> {
  return shown(context, view, context.settings.record);
}

/** @throws Problem out-of-scope when the settings are of a county outside the user's area, invalid-request for an empty patch */
export async function changeSettings(context: CommandContext, view: ScopedView, patch: SettingsPatch): Promise<ShownSettings> {
  view.requireArea(context.settings.current().divisionCode);
  if (patch.divisionCode !== undefined) view.requireArea(patch.divisionCode);
  const fields = Object.keys(patch);
  if (fields.length === 0) throw new Problem('invalid-request', 'body: names no setting to change');
  const changed = await context.settings.change(patch, view.user.username);
  // Names and phones of the roster stay out of the log, and so does an address that may hold a key: only that they changed.
  const { dutyRoster, heartbeat, channels, ...rest } = patch;
  await record(context, view.user.username, 'settings.changed', `settings:${changed.version}`, {
    ...rest,
    ...(dutyRoster === undefined ? {} : { dutyRoster: `${dutyRoster.length} entries` }),
    ...(heartbeat === undefined ? {} : { heartbeat: 'changed' }),
    ...(channels === undefined ? {} : { channels: loggedChannels(channels) }),
  });
  return shown(context, view, changed);
}

async function shown(context: CommandContext, view: ScopedView, given: SettingsRecord): Promise<ShownSettings> {
  const personal = mayReadPersonalData(view.user) && view.covers(given.settings.divisionCode);
  const { formerChannels: _accounts, ...inForce } = given.settings;
  const dutyRoster = await rosterOf(context, inForce.dutyRoster);
  const settings = { ...inForce, dutyRoster, channels: shownChannels(inForce.channels, personal) };
  if (!personal) return { ...given, settings: maskSettings(settings) };
  if (settings.dutyRoster.length > 0) await record(context, view.user.username, 'personal-data.read', 'settings:duty-roster');
  return { ...given, settings };
}

/**
 * With the numbers that are out of service, as cards show theirs: who stands in the roster and cannot be told must be seen before the rain.
 * Settings are read while the database is away too, then without these marks.
 */
async function rosterOf(context: CommandContext, roster: Settings['dutyRoster']): Promise<RosterView[]> {
  const dead = await outOfServiceAmong(
    context,
    roster.map(({ phone }) => phone),
  ).catch(() => undefined);
  return roster.map((person) => {
    const outOfService = dead?.get(person.phone);
    return outOfService ? { ...person, outOfService } : person;
  });
}
