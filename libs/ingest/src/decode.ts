import type { Codec, Decoded, DeviceCatalogue, DeviceSource, RegistryView } from '#libs/contracts';
import type { Packet } from './ports.js';

/** What decoding needs to know of the world; all of it is handed in. */
export interface DecodeContext {
  registry: RegistryView;
  catalogue: DeviceCatalogue;
  codecOf(topic: string): Codec | undefined;
}

/** Reads a packet with the codec of its topic and the profiles of the ids inside. Never throws. */
export function decode(packet: Packet, context: DecodeContext): Decoded {
  const codec = context.codecOf(packet.topic);
  if (!codec) return { samples: [], facts: [], faults: [{ reason: 'unknown-shape', detail: `nothing here reads topic ${packet.topic}` }] };
  const known = new Map<string, DeviceSource>();
  const source = (deviceId: string): DeviceSource => {
    const before = known.get(deviceId);
    if (before) return before;
    const found = sourceOf(deviceId, packet.deviceId, context);
    known.set(deviceId, found);
    return found;
  };
  return codec(packet.payload, { deviceId: packet.deviceId, source });
}

/** A frame may speak for its sender and for the sender's registered children (multi-channel collectors), for nobody else. */
function sourceOf(deviceId: string, sender: string, { registry, catalogue }: DecodeContext): DeviceSource {
  const device = registry.device(deviceId);
  if (!device || (deviceId !== sender && device.parent !== sender))
    return { refused: 'foreign-device', detail: `${deviceId} is no registered child of ${sender}` };
  const point = registry.point(device.hazardPoint);
  if (!point || point.closed) return { refused: 'closed-point', detail: `hazard point ${device.hazardPoint} of ${deviceId} is closed` };
  const profile = catalogue.profile(device.profile);
  return profile
    ? { profile }
    : { refused: 'unknown-shape', detail: `${deviceId} has profile ${device.profile}, which this release does not know` };
}
