import { createEmbeddedBroker, type EmbeddedBroker } from '#libs/broker';
import type { QuarantinedPayload, RegisteredDevice, StoredReading } from '#libs/contracts';
import type { CommitOutcome, ReadingBatch, ReadingStore } from '#libs/ingest';
import { createLogger, DataKey, Health, InProcessBus, loadCatalogue, Metrics } from '#libs/platform';
import { fakeDevice, fakeRegistry } from '../../../../libs/ingest/src/fakes/registry.js';
import { IngestService } from '../ingest.service.js';

/** Readings in memory; commits can be held or made to fail. */
export class MemoryReadings implements ReadingStore {
  readonly readings: StoredReading[] = [];
  readonly quarantine: QuarantinedPayload[] = [];
  away = false;
  #gate: Promise<void> = Promise.resolve();

  /** Commits wait until the answer is called. */
  hold(): () => void {
    let open: (() => void) | undefined;
    this.#gate = new Promise((resolve) => {
      open = resolve;
    });
    return () => open?.();
  }

  lastSeq(): Promise<number> {
    return Promise.resolve(Math.max(0, ...this.readings.map(({ seq }) => seq)));
  }

  async commit(batch: ReadingBatch): Promise<CommitOutcome> {
    await this.#gate;
    if (this.away) throw new Error('the store is away');
    const isKnown = (one: StoredReading) =>
      this.readings.some(({ deviceId, channel, time }) => deviceId === one.deviceId && channel === one.channel && time === one.time);
    const fresh = batch.readings.filter((reading) => !isKnown(reading));
    this.readings.push(...fresh);
    this.quarantine.push(...batch.quarantine);
    return { storedSeqs: new Set(fresh.map(({ seq }) => seq)), refused: [] };
  }
}

const device = (deviceId: string, dataKey: DataKey, more: Partial<RegisteredDevice> = {}): RegisteredDevice =>
  fakeDevice(deviceId, { secretHash: dataKey.deviceSecretHash(secretOf(deviceId)), ...more });
export const secretOf = (deviceId: string): string => `secret-of-${deviceId}`;

/** Broker and ingest as the station joins them, over a real socket, with readings kept in memory. */
export interface Edge {
  broker: EmbeddedBroker;
  ingest: IngestService;
  store: MemoryReadings;
  bus: InProcessBus;
  health: Health;
  metrics: Metrics;
  announced: StoredReading[];
  stop(): Promise<void>;
}

export async function startEdge(more: readonly RegisteredDevice[] = []): Promise<Edge> {
  const dataKey = new DataKey('a data key of thirty-two characters');
  const devices = [device('17165802', dataKey), device('17165803', dataKey, { parent: '17165802' }), device('99999999', dataKey), ...more];
  const registry = fakeRegistry(devices);
  const store = new MemoryReadings();
  const bus = new InProcessBus();
  const health = new Health();
  const metrics = new Metrics();
  const logger = createLogger('silent');
  const announced: StoredReading[] = [];
  bus.listen('test', 'readings.stored', ({ readings }) => void announced.push(...readings));
  const ingest = new IngestService({ readings: store }, registry, loadCatalogue(), bus, logger, metrics, health, { now: () => Date.now() });
  await ingest.start();
  const broker = await createEmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    deviceRate: 0,
    registry,
    dataKey,
    clock: { now: () => Date.now() },
    logger,
    accept: (packet) => ingest.accept(packet),
  });
  const stop = async () => {
    await broker.stop(500);
    await ingest.stop();
  };
  return { broker, ingest, store, bus, health, metrics, announced, stop };
}
