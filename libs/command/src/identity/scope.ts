import {
  insideDivision,
  Problem,
  type CardKind,
  type CardOf,
  type Consultation,
  type DefenceResponse,
  type DeliveryView,
  type HazardPoint,
  type HouseholdCard,
  type MaintenanceWindow,
  type Page,
  type PageQuery,
  type QuarantinedPayload,
  type RegisteredDevice,
  type Silence,
  type Task,
  type TimelineEntry,
  type User,
  type WarningRecord,
  type WorkCard,
} from '#libs/contracts';
import type { WarningQuery } from '#libs/alert';
import type { CommandContext } from '../context.js';

type CardQuery = PageQuery & { hazardPoint?: string };

/**
 * The one place where data scope is enforced: what one user may see. Every use case reads points, devices, warnings,
 * cards, consultations and quarantine through it and never through a store. Whatever lies outside answers 404
 * `out-of-scope`, and so does what does not exist, so that a user can't find out by asking which of the two it is;
 * only a user who sees everything is told `not-found`.
 */
export class ScopedView {
  readonly #context: CommandContext;

  constructor(
    context: CommandContext,
    readonly user: User,
  ) {
    this.#context = context;
  }

  covers(division: string): boolean {
    return insideDivision(division, this.user.scope);
  }

  /** @throws Problem out-of-scope when the user may not work in this division */
  requireArea(division: string): void {
    if (!this.covers(division)) throw this.#hidden(`division ${division}`);
  }

  /** @throws Problem forbidden for what belongs to the whole station */
  requireWholeStation(what: string): void {
    if (this.user.scope !== '')
      throw new Problem('forbidden', `${what} belongs to the whole station; user ${this.user.username} sees only area ${this.user.scope}`);
  }

  points(): HazardPoint[] {
    return [...this.#context.registry.points()].filter((point) => this.covers(point.divisionCode));
  }

  point(unifiedCode: string): HazardPoint {
    const point = this.#context.registry.point(unifiedCode);
    return this.#seen(point, point?.divisionCode, `hazard point ${unifiedCode}`);
  }

  devices(): RegisteredDevice[] {
    return [...this.#context.registry.devices()].filter((device) => this.covers(device.divisionCode));
  }

  device(deviceId: string): RegisteredDevice {
    const device = this.#context.registry.device(deviceId);
    return this.#seen(device, device?.divisionCode, `device ${deviceId}`);
  }

  /** Also one that was removed: for what is asked of the past. */
  deviceEver(deviceId: string): RegisteredDevice {
    const { registry } = this.#context;
    const device = registry.device(deviceId) ?? registry.removedDevice(deviceId);
    return this.#seen(device, device?.divisionCode, `device ${deviceId}`);
  }

  async maintenance(id: string): Promise<MaintenanceWindow> {
    const window = await this.#context.store.maintenance.find(id);
    return this.#seen(window, window?.divisionCode, `maintenance window ${id}`);
  }

  async silence(id: string): Promise<Silence> {
    // From memory first: one declared while the database is away must be endable without it.
    const silence = this.#context.registry.silence(id) ?? (await this.#context.store.silences.find(id));
    return this.#seen(silence, silence?.divisionCode, `silence ${id}`);
  }

  async response(id: string): Promise<DefenceResponse> {
    const response = await this.#context.store.responses.find(id);
    return this.#seen(response, response?.divisionCode, `response ${id}`);
  }

  async task(id: string): Promise<Task> {
    const task = await this.#context.store.tasks.find(id);
    return this.#seen(task, task?.divisionCode, `task ${id}`);
  }

  warnings(query: Omit<WarningQuery, 'scope'>): Promise<Page<WarningRecord>> {
    return this.#context.store.warnings.list({ ...query, scope: this.user.scope });
  }

  async warning(id: string): Promise<WarningRecord> {
    const warning = await this.#context.store.warnings.find(id);
    return this.#seen(warning, warning?.divisionCode, `warning ${id}`);
  }

  timeline(warning: WarningRecord): Promise<TimelineEntry[]> {
    return this.#context.store.warnings.timeline(warning.id);
  }

  async deliveries(warningId: string): Promise<{ warning: WarningRecord; deliveries: DeliveryView[] }> {
    const warning = await this.warning(warningId);
    return { warning, deliveries: await this.#context.store.history.deliveries(warning.id) };
  }

  consultations(query: PageQuery & { warning?: string }): Promise<Page<Consultation>> {
    return this.#context.consultations.list({ ...query, scope: this.user.scope });
  }

  async consultation(id: string): Promise<Consultation> {
    const consultation = await this.#context.consultations.get(id);
    return this.#seen(consultation, consultation?.divisionCode, `consultation ${id}`);
  }

  workCards(query: CardQuery): Promise<Page<WorkCard>> {
    return this.#context.store.cards.listWorkCards({ ...query, scope: this.user.scope });
  }

  householdCards(query: CardQuery): Promise<Page<HouseholdCard>> {
    return this.#context.store.cards.listHouseholdCards({ ...query, scope: this.user.scope });
  }

  /** @throws Problem out-of-scope */
  async card<K extends CardKind>(kind: K, id: string): Promise<CardOf[K]> {
    const card = await this.#context.store.cards.find(kind, id);
    const point = card && this.#context.registry.point(card.hazardPoint);
    return this.#seen(card, point?.divisionCode, `${kind} card ${id}`);
  }

  quarantine(query: PageQuery): Promise<Page<QuarantinedPayload>> {
    return this.#context.store.history.quarantine({ ...query, scope: this.user.scope });
  }

  async users(query: PageQuery): Promise<Page<User>> {
    const page = await this.#context.store.users.list(query);
    return { ...page, items: page.items.filter((user) => this.covers(user.scope)) };
  }

  #seen<T>(thing: T | undefined, division: string | undefined, what: string): T {
    if (thing === undefined || division === undefined || !this.covers(division)) throw this.#hidden(what);
    return thing;
  }

  #hidden(what: string): Problem {
    return this.user.scope === ''
      ? new Problem('not-found', `There is no ${what}; check the number`)
      : new Problem(
          'out-of-scope',
          `There is no ${what} in area ${this.user.scope}, which is what ${this.user.username} sees; check the number`,
        );
  }
}
