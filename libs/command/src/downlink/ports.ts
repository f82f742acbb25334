import type { CommandState, DeviceCommand, DeviceInterval, Page, PageQuery, WarningLevel } from '#libs/contracts';

/** The way down to a device's own connection; the broker stage provides it. */
export interface DeviceLink {
  /** True while the device is connected and has subscribed to this topic: what is sent now reaches it. */
  listens(deviceId: string, topic: string): boolean;
  /** Resolves when the device has acknowledged the message (PUBACK). @throws when it is not connected or does not */
  send(deviceId: string, topic: string, payload: Uint8Array): Promise<void>;
  /** Closes every connection of a device that may not speak any more, or only with another secret. */
  disconnect(deviceId: string): void;
}

/**
 * Who wants a command written. While the database is away a person's is refused: what nobody can prove must not look done, and its audit record
 * is in the database. The station's own, and what becomes of any command, go on in the journal.
 */
export type WrittenFor = 'person' | 'station';

/** Commands, written before they are sent and after each thing that happens to them. */
export interface DeviceCommandStore {
  /** Everything not yet ended: loaded at the start. */
  open(): Promise<DeviceCommand[]>;
  /** Highest number ever given out, '' before the first. */
  lastMsgid(): Promise<string>;
  insert(command: DeviceCommand, writtenFor: WrittenFor): Promise<void>;
  /** An older version never overwrites a newer one. */
  update(command: DeviceCommand, writtenFor: WrittenFor): Promise<void>;
  find(msgid: string): Promise<DeviceCommand | undefined>;
  /** Newest first. */
  list(query: PageQuery & { deviceId: string; state?: CommandState | undefined }): Promise<Page<DeviceCommand>>;
}

/** Upload intervals in force, with their history. */
export interface DeviceIntervalStore {
  /** All of these devices, oldest first; without ids of every device. */
  history(deviceIds?: readonly string[]): Promise<DeviceInterval[]>;
  /** Adds to the history and makes it the device's own, together. Writing the same twice changes nothing. */
  put(interval: DeviceInterval): Promise<void>;
  /** Keeps the zeros of a device's sensors, newest last. */
  saveZeros(deviceId: string, zeros: readonly { sensor: string; since: string }[]): Promise<void>;
}

/** A device that reports more densely than usual because its point's level rose. */
export interface Densified {
  deviceId: string;
  hazardPoint: string;
  /** What it was last told; `none`: to return to its usual interval. */
  told: WarningLevel | 'none';
  /** Command that told it. */
  msgid: string;
  warning: string;
  /** Since when the level is below what it was told, epoch ms; null: it is not. */
  calmSince: number | null;
  /** When it is told again after it refused or never answered, epoch ms; null: not. */
  againAt: number | null;
}
export interface DensifiedStore {
  load(): Promise<Densified[]>;
  save(densified: Densified): Promise<void>;
  remove(deviceId: string): Promise<void>;
}
