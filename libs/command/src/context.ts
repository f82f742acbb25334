import type { Clock, DeviceCatalogue, HookView, IndicatorSeries, PointState, PortView, StageBus } from '#libs/contracts';
import type { Rulebook } from '#libs/evaluate';
import type { DataKey } from '#libs/platform';
import type { LoginAttempts } from './identity/attempts.js';
import type { TestChannel } from './settings/channel-test.js';
import type { Completeness } from './devices/completeness.js';
import type { Dispatcher } from './downlink/dispatcher.js';
import type { IntervalKeeper } from './downlink/intervals.js';
import type { DeviceLink } from './downlink/ports.js';
import type { LastSeen } from './registry/last-seen.js';
import type { CommandStore, Consultations, WarningActions, WarningViewBuilder } from './ports.js';
import type { RuleWork } from './rules/ports.js';
import type { RegistryIndex } from './registry/registry-index.js';
import type { SettingsKeeper } from './settings/settings.js';
import type { CalloutActions } from './callout/ports.js';
import type { TaskActions } from './warnings/tasks.js';

/** Everything the use cases work with. Made once by the station; a use case takes it first, the scoped view second. */
export interface CommandContext {
  store: CommandStore;
  clock: Clock;
  bus: StageBus;
  dataKey: DataKey;
  registry: RegistryIndex;
  settings: SettingsKeeper;
  catalogue: DeviceCatalogue;
  lastSeen: LastSeen;
  completeness: Completeness;
  downlink: Pick<Dispatcher, 'order' | 'withdraw' | 'openOf'>;
  intervals: Pick<IntervalKeeper, 'history' | 'begin'>;
  link: Pick<DeviceLink, 'disconnect'>;
  attempts: LoginAttempts;
  actions: WarningActions;
  tasks: TaskActions;
  callouts: CalloutActions;
  warningView: WarningViewBuilder;
  consultations: Consultations;
  pointState: (unifiedCode: string) => PointState | undefined;
  pointSeries: (unifiedCode: string) => IndicatorSeries[];
  /** Ids of the rulebooks in force: a point may name one of these. */
  rulebooks: () => readonly string[];
  /** The version in force of one of them. */
  rulebook: (id: string) => Rulebook | undefined;
  /** Shadows and dry runs people ask for are the evaluate stage's work. */
  ruleWork: RuleWork;
  /** A test message by one channel of the settings. */
  testChannel: TestChannel;
  ports: () => readonly PortView[];
  /** Where providers push receipts and replies. */
  hooks: () => readonly HookView[];
}
