import type { PointState } from '../point/decision.js';
import type { StoredReading } from './reading.js';
import type { WallEvent } from '../wall.js';

/** Everything one stage tells another inside the process: one typed map (exemplar: zigbee2mqtt eventBus). */
export interface StageEvents {
  /** Committed readings, in seq order. Emitted after the commit and before nothing else depends on it but PUBACK. */
  'readings.stored': { readings: readonly StoredReading[] };
  /** Devices, points or cards changed; RegistryView already shows it. */
  'registry.changed': { points: readonly string[] };
  'settings.changed': { version: number };
  'rules.changed': { rulebooks: readonly string[] };
  /** A point was judged: picture for the wall and for GET …/state. */
  'point.judged': { state: PointState };
  /** A ledger entry is committed; events carry their seq, in order. */
  'ledger.written': { events: readonly WallEvent[]; deliveries: number };
}

/**
 * In-process bus with back-pressure: `publish` resolves when every listener has, so a slow stage slows its source
 * instead of growing a queue. Listeners register under an owner and leave together.
 */
export interface StageBus {
  publish<K extends keyof StageEvents>(event: K, payload: StageEvents[K]): Promise<void>;
  listen<K extends keyof StageEvents>(owner: string, event: K, listener: (payload: StageEvents[K]) => void | Promise<void>): void;
  leave(owner: string): void;
}
