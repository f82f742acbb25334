import type { HazardPoint, MaintenanceWindow, RegisteredDevice, RegistryView, ResponsePlan, Silence } from '#libs/contracts';
import { MaintenanceIndex } from '../quiet/maintenance-index.js';
import type { MaintenanceStore, RegistryStore } from '../ports.js';
import type { ResponsePlanStore } from '../response/ports.js';
import { Serial } from '../operation/serial.js';
import { SilenceIndex } from '../quiet/silence-index.js';
import type { SilenceStore } from '../quiet/silences.js';

/** The registry in memory: loaded at the start, written only after the store has it, read on every packet. */
export class RegistryIndex implements RegistryView {
  readonly #points = new Map<string, HazardPoint>();
  readonly #devices = new Map<string, RegisteredDevice>();
  readonly #bySecret = new Map<string, RegisteredDevice>();
  readonly #byPoint = new Map<string, RegisteredDevice[]>();

  /** Removed ones: what they measured can still be asked for. */
  readonly #removed = new Map<string, RegisteredDevice>();

  readonly #maintenance = new MaintenanceIndex();

  readonly #silences = new SilenceIndex();

  readonly #plans = new Map<string, ResponsePlan>();

  readonly #writes = new Serial();

  /** Registry writes go one after another: "is the number free" still holds when the row is written. */
  exclusively<T>(write: () => Promise<T>): Promise<T> {
    return this.#writes.run(write);
  }

  async load(store: RegistryStore): Promise<void> {
    const { points, devices, removed } = await store.load();
    for (const point of points) this.putPoint(point);
    for (const device of devices) this.addDevice(device);
    for (const device of removed) this.#removed.set(device.deviceId, device);
  }

  /** Windows people declared. @param since those that ended before are of no interest, epoch ms */
  async loadMaintenance(store: MaintenanceStore, since: number): Promise<void> {
    for (const window of await store.endingAfter(since)) this.putMaintenance(window);
  }

  putMaintenance(window: MaintenanceWindow): void {
    this.#maintenance.put(window);
  }

  maintenanceOf(deviceId: string, at: number): MaintenanceWindow | undefined {
    const device = this.#devices.get(deviceId);
    return device && this.#maintenance.of(device, at);
  }

  /** Silences that are not over. @param now epoch ms */
  async loadSilences(store: Pick<SilenceStore, 'endingAfter'>, now: number): Promise<void> {
    for (const silence of await store.endingAfter(now)) this.putSilence(silence, now);
  }

  putSilence(silence: Silence, now: number): void {
    this.#silences.put(silence, now);
  }

  /** One that is not over, or was not when it was last changed. */
  silence(id: string): Silence | undefined {
    return this.#silences.find(id);
  }

  silencesOf(unifiedCode: string, at: number): readonly Silence[] {
    const point = this.#points.get(unifiedCode);
    return point ? this.#silences.of(point, at) : [];
  }

  /** Response plans people have written. */
  async loadPlans(store: Pick<ResponsePlanStore, 'all'>): Promise<void> {
    for (const plan of await store.all()) this.putPlan(plan);
  }

  putPlan(plan: ResponsePlan): void {
    this.#plans.set(plan.hazardPoint, plan);
  }

  planOf(unifiedCode: string): ResponsePlan | undefined {
    return this.#plans.get(unifiedCode);
  }

  putPoint(point: HazardPoint): void {
    this.#points.set(point.unifiedCode, point);
  }

  addDevice(device: RegisteredDevice): void {
    if (this.#devices.has(device.deviceId)) return;
    this.#removed.delete(device.deviceId);
    this.#devices.set(device.deviceId, device);
    this.#bySecret.set(device.secretHash, device);
    this.#byPoint.set(device.hazardPoint, [...this.devicesOf(device.hazardPoint), device]);
  }

  /** From now on nobody may speak for it, and nothing is expected of it. */
  removeDevice(deviceId: string): void {
    const device = this.#devices.get(deviceId);
    if (!device) return;
    this.#devices.delete(deviceId);
    this.#bySecret.delete(device.secretHash);
    this.#byPoint.set(
      device.hazardPoint,
      this.devicesOf(device.hazardPoint).filter((each) => each !== device),
    );
    this.#removed.set(deviceId, device);
  }

  /** A device of the past, unless the number is in use again. */
  removedDevice(deviceId: string): RegisteredDevice | undefined {
    return this.#removed.get(deviceId);
  }

  /** A registered device as it is from now on; its point stays. */
  changeDevice(device: RegisteredDevice): void {
    const before = this.#devices.get(device.deviceId);
    if (!before) return;
    this.#bySecret.delete(before.secretHash);
    this.#devices.set(device.deviceId, device);
    this.#bySecret.set(device.secretHash, device);
    this.#byPoint.set(
      device.hazardPoint,
      this.devicesOf(device.hazardPoint).map((each) => (each === before ? device : each)),
    );
  }

  device(deviceId: string): RegisteredDevice | undefined {
    return this.#devices.get(deviceId);
  }

  deviceBySecretHash(secretHash: string): RegisteredDevice | undefined {
    return this.#bySecret.get(secretHash);
  }

  point(unifiedCode: string): HazardPoint | undefined {
    return this.#points.get(unifiedCode);
  }

  points(): Iterable<HazardPoint> {
    return this.#points.values();
  }

  devices(): Iterable<RegisteredDevice> {
    return this.#devices.values();
  }

  devicesOf(unifiedCode: string): readonly RegisteredDevice[] {
    return this.#byPoint.get(unifiedCode) ?? [];
  }
}
