import {
  catalogueOf,
  DeviceProfile,
  insideDivision,
  type Consultation,
  type PointState,
  type StageBus,
  type Task,
  type User,
  type WarningRecord,
  type WarningView,
} from '#libs/contracts';
import { commandCodec } from '#devices';
import { createLogger, DataKey, InProcessBus } from '#libs/platform';
import { LoginAttempts } from '../identity/attempts.js';
import { Completeness } from '../devices/completeness.js';
import type { CommandContext } from '../context.js';
import { Downlink } from '../downlink/downlink.js';
import { LastSeen } from '../registry/last-seen.js';
import type { Consultations, WarningActions } from '../ports.js';
import { RegistryIndex } from '../registry/registry-index.js';
import { ScopedView } from '../identity/scope.js';
import { SettingsKeeper } from '../settings/settings.js';
import { FakeLink } from './fake-downlink.js';
import { FakeStore } from './fake-store.js';

/** A clock that stands until it is moved. */
export class StandingClock {
  constructor(public time = Date.parse('2026-11-21T04:00:00Z')) {}
  now = (): number => this.time;
}

const field = (name: string, unit: string) => ({ name, title: { zh: name, en: name }, unit, range: [-1e6, 1e6] });
export const fakeCatalogue = catalogueOf(
  [
    {
      id: 'rain-gauge',
      sensors: [{ code: 'L3_YL', title: { zh: '雨量', en: 'Rain' }, fields: [field('value', 'mm'), field('totalValue', 'mm')] }],
    },
    { id: 'crack-meter', sensors: [{ code: 'L1_LF', title: { zh: '裂缝', en: 'Crack' }, fields: [field('value', 'mm')] }] },
  ].map((profile) => DeviceProfile.parse({ ...profile, title: { zh: profile.id, en: profile.id }, interval: 600 })),
);

export const fakeWarningView = (record: WarningRecord): WarningView => {
  const { releases, deliver: _, ...rest } = record;
  return {
    ...rest,
    releases,
    release: { internal: releases.internal.state, public: releases.public.state },
    pointName: '',
    legal: [],
    timeline: [],
  };
};

/** Consultations in memory; each use case only notes who did it. */
export class FakeConsultations implements Consultations {
  readonly rows = new Map<string, Consultation>();
  readonly calls: string[] = [];
  list: Consultations['list'] = async ({ scope }) => ({
    items: [...this.rows.values()].filter((row) => insideDivision(row.divisionCode, scope)),
    nextCursor: null,
  });
  get: Consultations['get'] = async (id) => this.rows.get(id);
  addOpinion: Consultations['addOpinion'] = async (id, _, actor) => this.#note('opinion', id, actor);
  decide: Consultations['decide'] = async (id, _, actor) => this.#note('decision', id, actor);
  sign: Consultations['sign'] = async (id, _, actor) => this.#note('signature', id, actor);
  #note(what: string, id: string, actor: User): Consultation {
    this.calls.push(`${what} ${id} ${actor.username}`);
    return this.rows.get(id) as Consultation;
  }
}

export interface FakeContext extends CommandContext {
  store: FakeStore;
  clock: StandingClock;
  consultations: FakeConsultations;
  acted: string[];
  states: Map<string, PointState>;
  link: FakeLink;
  down: Downlink;
}

/** A whole command stage in memory: only time stands still. */
export function fakeContext(parts: { clock?: StandingClock; store?: FakeStore; bus?: StageBus } = {}): FakeContext {
  const clock = parts.clock ?? new StandingClock();
  const store = parts.store ?? new FakeStore(clock.now);
  const bus = parts.bus ?? new InProcessBus();
  const acted: string[] = [];
  const states = new Map<string, PointState>();
  const actions: WarningActions = {
    act: async (id, action, body, actor) => {
      acted.push(`${action} ${id} ${body.scope} ${actor.username}`);
      return store.warningRows.find((warning) => warning.id === id) as WarningRecord;
    },
  };
  const registry = new RegistryIndex();
  const settings = new SettingsKeeper(store.settings, bus);
  const link = new FakeLink();
  const down = new Downlink({
    store,
    link,
    codec: commandCodec,
    registry,
    catalogue: fakeCatalogue,
    settings: settings.current,
    clock,
    bus,
    logger: createLogger('silent'),
    count: () => undefined,
  });
  return {
    link,
    down,
    downlink: down.dispatcher,
    intervals: down.intervals,
    store,
    clock,
    bus,
    dataKey: new DataKey('k'.repeat(32)),
    registry,
    settings,
    catalogue: fakeCatalogue,
    lastSeen: new LastSeen(),
    completeness: new Completeness(clock),
    attempts: new LoginAttempts(clock),
    actions,
    tasks: {
      actOnTask: async (id, action, _, actor) => {
        acted.push(`${action} task ${id} ${actor.username}`);
        return store.taskRows.get(id) as Task;
      },
    },
    callouts: {
      answered: async (warningId, subject, answer) => void acted.push(`${answer.ack} ${subject} of ${warningId} by ${answer.by}`),
      next: () => undefined,
      heartbeat: () => ({ alive: true, at: null, ageSeconds: null, faults: [] }),
    },
    testChannel: async () => undefined,
    warningView: fakeWarningView,
    consultations: new FakeConsultations(),
    pointState: (code) => states.get(code),
    pointSeries: () => [],
    rulebook: () => undefined,
    ruleWork: { shadowsChanged: () => void acted.push('shadows changed'), dryRunsWait: () => void acted.push('dry runs wait') },
    rulebooks: () => ['landslide-soil', 'landslide-rock', 'debris-flow', 'reference'],
    ports: () => [{ name: 'http', protocol: 'http', port: 3000 }],
    hooks: () => [{ driver: 'alicloud', path: '/hooks/alicloud/t' }],
    acted,
    states,
  };
}

export const fakeUser = (username: string, roles: User['roles'], scope = ''): User => ({
  id: `id-${username}`,
  username,
  displayName: username,
  roles,
  scope,
  createdAt: '2026-01-01T00:00:00Z',
});
export const viewOf = (context: CommandContext, user: User): ScopedView => new ScopedView(context, user);
