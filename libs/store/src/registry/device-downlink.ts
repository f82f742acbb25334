import type { Densified } from '#libs/command';
import type { DeviceCommand, DeviceInterval } from '#libs/contracts';
import type { Database } from '../sql/database.js';
import { putDeviceCommand } from './device-command.js';
import { pgDensified, pgDeviceIntervals } from './device-interval.js';

/** One thing written about what goes down to devices; the newest of a kind wins, so writing it twice changes nothing. */
export type DownlinkWrite =
  | { what: 'command'; command: DeviceCommand }
  | { what: 'interval'; interval: DeviceInterval }
  | { what: 'zeros'; deviceId: string; zeros: readonly { sensor: string; since: string }[] }
  | { what: 'dense'; densified: Densified }
  | { what: 'returned'; deviceId: string };

/** @throws StoreAway, DataRefused */
export async function writeDownlink(db: Database, write: DownlinkWrite): Promise<void> {
  switch (write.what) {
    case 'command':
      return putDeviceCommand(db, write.command);
    case 'interval':
      return pgDeviceIntervals(db).put(write.interval);
    case 'zeros':
      return pgDeviceIntervals(db).saveZeros(write.deviceId, write.zeros);
    case 'dense':
      return pgDensified(db).save(write.densified);
    case 'returned':
      return pgDensified(db).remove(write.deviceId);
  }
}
