import { expect } from 'vitest';
import type { SystemAlarm } from '#libs/contracts';
import { createLogger, loadDataKey } from '#libs/platform';
import { readLastGood } from '#libs/store';
import { ApiClient, County, OutboxWatch, PATIENCE_MS, type Ports, StationProcess, testPassword, until, WallObserver } from '#libs/testing';
import { buildProgram } from './build.js';

/**
 * The built program, to be killed and started again, and who watches it from outside: the administrator of its county, the vendor's outbox, a
 * wall. Each start has other ports, so each start has other watchers.
 */
export class WatchedStation {
  ports!: Ports;
  county!: County;
  outbox!: OutboxWatch;
  wall!: WallObserver;
  readonly #process: StationProcess;

  /** A data directory, and no process yet; devices may send as fast as they can. @param environment further WANGSHAN_ variables */
  constructor(environment: Record<string, string> = {}) {
    this.#process = StationProcess.create({ WANGSHAN_DEVICE_RATE: '0', ...environment });
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  /** Resolves when every stage is ready and everybody watches. */
  async start(): Promise<void> {
    await buildProgram();
    await this.#watch(await this.#process.start());
  }

  /** Started while its database is away: resolves when it accepts; nobody can watch it yet. */
  async startWaiting(): Promise<void> {
    this.ports = await this.#process.start('waiting');
  }

  /** After `startWaiting`: resolves when it has its database and everybody watches. */
  async takenOver(): Promise<void> {
    await this.#watch(await this.#process.ready);
  }

  /** Resolves when a start without the database would know this device: the snapshot it lives on is written within seconds of a change. */
  async knowsWithoutDatabase(deviceId: string): Promise<void> {
    const { dataDir } = this.#process;
    const dataKey = loadDataKey(undefined, dataDir);
    await until(`${deviceId} in the snapshot`, PATIENCE_MS, async () =>
      (await readLastGood(dataDir, dataKey, createLogger('silent')))?.registry.devices.some((device) => device.deviceId === deviceId),
    );
  }

  /** What somebody writes back to the station's number. */
  async reply(from: string, text: string): Promise<void> {
    const answer = await fetch(`${this.outbox.url}/__reply`, { method: 'POST', body: JSON.stringify({ from, text }) });
    expect(answer.ok).toBe(true);
  }

  /** What readiness says of the store: `ok`, `degraded` while the journal stands in, `down`. */
  async storeIs(): Promise<string> {
    return (await this.county.api.health()).stages['store']?.status ?? '';
  }

  /** Whether the alarm that its database is away stands on the wall; undefined: it has never been heard. */
  awayAlarm(): boolean | undefined {
    return this.wall.events
      .filter(({ type }) => type === 'system.alarm')
      .map(({ payload }) => payload as SystemAlarm)
      .findLast(({ code }) => code === 'database-away')?.standing;
  }

  /** SIGKILL, as a power cut; the database and the vendor are not part of it. */
  async kill(): Promise<void> {
    await this.#unwatch();
    await this.#process.kill();
  }

  /** SIGKILL of its PostgreSQL. */
  killPostgres(): void {
    this.#process.killPostgres();
  }

  /** Ctrl-C. Answers how it ended: `0` when it stopped cleanly. */
  async interrupt(): Promise<string> {
    await this.#unwatch();
    return this.#process.interrupt();
  }

  async remove(): Promise<void> {
    await this.#unwatch();
    await this.#process.remove();
  }

  async #watch(ports: Ports): Promise<void> {
    this.ports = ports;
    const api = await ApiClient.login(this.url, 'admin', testPassword);
    this.county = new County(api);
    this.outbox = new OutboxWatch(`http://127.0.0.1:${ports.gateway}`);
    this.wall = await WallObserver.connect(this.url, api.token);
  }

  async #unwatch(): Promise<void> {
    // A start that failed has none.
    (this.wall as WallObserver | undefined)?.close();
    await (this.outbox as OutboxWatch | undefined)?.stop();
  }
}
