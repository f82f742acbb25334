import type { Codec, CodecContext, CodecTools, Decoded, DeviceCatalogue, DeviceSource, RegistryView } from '#libs/contracts';
import type { Packet } from '../ports.js';

/** What decoding needs to know of the world; all of it is handed in. */
export interface DecodeContext {
  registry: RegistryView;
  catalogue: DeviceCatalogue;
  codecOf(topic: string): Codec | undefined;
  /** Keys of sealed payloads and hashes; without them such payloads go to quarantine. */
  tools?: CodecTools;
}

/** Reads a packet with the codec of its topic and the profiles of the ids inside. Never throws. */
export function decode(packet: Packet, context: DecodeContext): Decoded {
  if (packet.cutFrom !== undefined) {
    const detail = `the message has ${packet.cutFrom} bytes, more than a device may send at once; kept: the first ${packet.payload.length}`;
    return { samples: [], facts: [], faults: [{ reason: 'too-large', detail }] };
  }
  const codec = context.codecOf(packet.topic);
  if (!codec) return { samples: [], facts: [], faults: [{ reason: 'unknown-shape', detail: `nothing here reads topic ${packet.topic}` }] };
  return codec(packet.payload, new Sources(packet, context));
}

/** What a codec may know of the ids in one packet, each looked up once. Nearly every packet has one id: that one needs no map. */
class Sources implements CodecContext {
  readonly deviceId: string;
  readonly receivedAt: number;
  readonly tools: CodecTools | undefined;
  readonly #context: DecodeContext;
  #lastId: string | undefined;
  #last: DeviceSource | undefined;
  #others: Map<string, DeviceSource> | undefined;

  constructor(packet: Packet, context: DecodeContext) {
    this.deviceId = packet.deviceId;
    this.receivedAt = packet.receivedAt;
    this.tools = context.tools;
    this.#context = context;
  }

  /** A property, not a method: codecs may pass it on by itself. */
  readonly source = (deviceId: string): DeviceSource => {
    if (this.#last && this.#lastId === deviceId) return this.#last;
    const found = this.#others?.get(deviceId) ?? sourceOf(deviceId, this.deviceId, this.#context);
    if (this.#last && this.#lastId !== undefined) (this.#others ??= new Map()).set(this.#lastId, this.#last);
    this.#lastId = deviceId;
    this.#last = found;
    return found;
  };
}

/** A frame may speak for its sender and for the sender's registered children (multi-channel collectors), for nobody else. */
function sourceOf(deviceId: string, sender: string, { registry, catalogue }: DecodeContext): DeviceSource {
  const device = registry.device(deviceId);
  if (!device || (deviceId !== sender && device.parent !== sender))
    return { refused: 'foreign-device', detail: `${deviceId} is no registered child of ${sender}` };
  const point = registry.point(device.hazardPoint);
  if (!point || point.closed) return { refused: 'closed-point', detail: `hazard point ${device.hazardPoint} of ${deviceId} is closed` };
  const profile = catalogue.profile(device.profile);
  if (profile && device.baselines) return { profile, site: { baselines: device.baselines, slideDirection: point.mainSlideDirection } };
  return profile
    ? { profile }
    : { refused: 'unknown-shape', detail: `${deviceId} has profile ${device.profile}, which this release does not know` };
}
