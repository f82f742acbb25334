import { Problem, type DeviceCommand, type RegistryView } from '#libs/contracts';
import type { DeviceCommandStore, Downlink } from '#libs/command';
import type { HornCommand, HornLink, HornOrder } from '#libs/notify';

export interface HornLinkNeeds {
  registry: Pick<RegistryView, 'device'>;
  downlink: Pick<Downlink['dispatcher'], 'order' | 'openOf' | 'withdraw'>;
  commands: Pick<DeviceCommandStore, 'list'>;
}

/** Commands looked back on: a device gets a few a day, and a delivery is asked about within hours. */
const LOOK_BACK = 50;

/** What a command that speaks says in its history; by it the delivery is found again. */
const noteOf = (outId: string): string => `delivery ${outId}`;

/**
 * Horns of slopes as the notify stage speaks through them: the commands of the downlink, kept, repeated and followed to the device's answer. The
 * same delivery twice is one command, so that a horn does not say it over because an answer was lost.
 */
export function hornLink({ registry, downlink, commands }: HornLinkNeeds): HornLink {
  const find = async (deviceId: string, outId: string): Promise<HornCommand | undefined> => {
    const named = (command: DeviceCommand) => command.command === 'broadcast' && command.text === noteOf(outId);
    const found = downlink.openOf(deviceId).find(named) ?? (await commands.list({ deviceId, limit: LOOK_BACK })).items.find(named);
    return found && { msgid: found.msgid, state: found.state };
  };
  return {
    find,
    async callOff(deviceId, outIds) {
      const over = new Set<string | undefined>(outIds.map(noteOf));
      const waiting = downlink.openOf(deviceId).filter(({ command, text }) => command === 'broadcast' && over.has(text));
      for (const { msgid } of waiting) await downlink.withdraw(msgid, 'replaced');
    },
    async say({ deviceId, text, times, outId, validitySeconds }: HornOrder) {
      const device = registry.device(deviceId);
      if (!device) return { refused: 'unknown-device' };
      const before = await find(deviceId, outId);
      if (before) return before;
      try {
        const order = { command: 'broadcast' as const, parameters: { times, text } };
        const about = { by: 'notify', writtenFor: 'station' as const, expiresIn: validitySeconds, text: noteOf(outId) };
        const { msgid, state } = await downlink.order(device, order, about);
        return { msgid, state };
      } catch (error) {
        // A character the horn does not know: no try later will be said either.
        if (error instanceof Problem && error.code === 'invalid-request') return { refused: 'not-sayable' };
        throw error;
      }
    },
  };
}
