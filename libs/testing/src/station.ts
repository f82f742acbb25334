import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger, readConfig } from '#libs/platform';
import type { Store } from '#libs/store';
import { ApiClient } from './api-client.js';
import { County } from './county.js';
import { testDatabase } from './database.js';
import { RecordingDevice, socketTransport } from './mqtt-mock.js';
import { OutboxWatch } from './outbox-watch.js';
import type { Observation } from './scenario.js';
import { WallObserver } from './wall-observer.js';

/** Of the administrator of every station in a test. */
export const testPassword = 'Drill-Secret-2026';

export interface TestStation {
  url: string;
  mqttPort: number;
  dataDir: string;
  store: Store;
  /** As the administrator. */
  api: ApiClient;
  county: County;
  /** Connected before anything happens: what it was shown is everything. */
  wall: WallObserver;
  outbox: OutboxWatch;
  /** Wall events by type and messages as `sms`, in the order they were seen; for `Scenario.run`. */
  observations: Observation[];
  /** Lines the station logged as errors. */
  errors: string[];
  /** A connected device double. */
  device(deviceId: string, secret: string): Promise<RecordingDevice>;
  /** A further wall of the administrator. */
  openWall(offset?: number): Promise<WallObserver>;
  stop(): Promise<void>;
}

/**
 * The whole station in this process: real broker on a free port, a database of its own, the gateway simulator, every stage as
 * in production. Stop it in `afterAll`.
 *
 * @param title names its database; one title is used once
 * @param environment further WANGSHAN_ variables
 */
export async function testStation(title: string, environment: Record<string, string> = {}): Promise<TestStation> {
  // Loaded here: whoever only wants a database must not pay for every stage.
  const [{ startStation }, { startGatewaySimulator }] = await Promise.all([import('#apps/station'), import('#simulators/gateways')]);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'wangshan-station-'));
  chmodSync(dataDir, 0o755);
  const database = await testDatabase(title);
  const errors: string[] = [];
  const observations: Observation[] = [];
  const cleanUp = async (): Promise<void> => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const station = await startStation({
      config: readConfig({
        WANGSHAN_HTTP_PORT: '0',
        WANGSHAN_MQTT_PORT: '0',
        WANGSHAN_GATEWAY_PORT: '0',
        WANGSHAN_DATA_DIR: dataDir,
        WANGSHAN_ADMIN_PASSWORD: testPassword,
        WANGSHAN_SMS_DRIVERS: 'simulator',
        ...environment,
      }),
      logger: createLogger('error', { write: (line) => void errors.push(line) }),
      say: () => undefined,
      startGateway: async (port, folder) => {
        const simulator = await startGatewaySimulator({ port, dataDir: path.join(folder, 'gateway') });
        return { port: simulator.port, stop: () => simulator.close() };
      },
      databaseUrl: database.url,
    });
    const url = `http://127.0.0.1:${station.ports.http}`;
    const api = await ApiClient.login(url, 'admin', testPassword);
    const outbox = new OutboxWatch(`http://127.0.0.1:${station.ports.gateway}`, observations);
    const wall = await WallObserver.connect(url, api.token, { observations });
    const walls = [wall];
    return {
      url,
      mqttPort: station.ports.mqtt,
      dataDir,
      store: station.store,
      api,
      county: new County(api),
      wall,
      outbox,
      observations,
      errors,
      device: (deviceId, secret) => RecordingDevice.connect(socketTransport(station.ports.mqtt), deviceId, secret),
      openWall: async (offset) => {
        const another = await WallObserver.connect(url, api.token, offset === undefined ? {} : { offset });
        walls.push(another);
        return another;
      },
      stop: async () => {
        await outbox.stop();
        for (const one of walls) one.close();
        await station.stop();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}
