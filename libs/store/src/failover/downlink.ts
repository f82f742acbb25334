import type { DensifiedStore, DeviceCommandStore, DeviceIntervalStore } from '#libs/command';
import type { DeviceCommand } from '#libs/contracts';
import type { DownlinkWrite } from '../registry/device-downlink.js';
import { StoreAway } from '../sql/errors.js';

export interface DownlinkPorts {
  deviceCommands: DeviceCommandStore;
  deviceIntervals: DeviceIntervalStore;
  densified: DensifiedStore;
}

export interface DownlinkNeeds {
  /** Rejects with StoreAway while the database is away. */
  database: DownlinkPorts;
  /** Writes there or, without it, into the journal. */
  write: (write: DownlinkWrite) => Promise<void>;
  onJournal: () => boolean;
  /** Newest form of a command that is in the journal. */
  journalled: (msgid: string) => DeviceCommand | undefined;
}

/**
 * What goes down to devices, without the database: the station's own commands, and what becomes of every command, go on in the journal, so that
 * a slope that begins to move is watched densely just then. What people ask for is refused (ADR 17).
 */
export function mirroredDownlink({ database, write, onJournal, journalled }: DownlinkNeeds): DownlinkPorts {
  /** Not beside the journal either while that is drained: an older version of the command may still be in it. */
  const forPerson = <T>(work: () => Promise<T>): Promise<T> =>
    onJournal() ? Promise.reject(new StoreAway('commands of people wait for the database', false)) : work();
  return {
    deviceCommands: {
      ...database.deviceCommands,
      insert: (command, writtenFor) =>
        writtenFor === 'person'
          ? forPerson(() => database.deviceCommands.insert(command, writtenFor))
          : write({ what: 'command', command }),
      update: (command, writtenFor) =>
        writtenFor === 'person'
          ? forPerson(() => database.deviceCommands.update(command, writtenFor))
          : write({ what: 'command', command }),
      find: async (msgid) => journalled(msgid) ?? database.deviceCommands.find(msgid),
    },
    deviceIntervals: {
      ...database.deviceIntervals,
      put: (interval) => write({ what: 'interval', interval }),
      saveZeros: (deviceId, zeros) => write({ what: 'zeros', deviceId, zeros }),
    },
    densified: {
      ...database.densified,
      save: (densified) => write({ what: 'dense', densified }),
      remove: (deviceId) => write({ what: 'returned', deviceId }),
    },
  };
}
