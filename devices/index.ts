import { DeviceProfile, topics, type Codec } from '#libs/contracts';
import { nationalCodec } from './national/codec.js';
import { attributesCodec, telemetryCodec } from './thingsboard/codec.js';

export { nationalCodec } from './national/codec.js';
export { buildFrame } from './national/frame.js';
export { attributesCodec, telemetryCodec } from './thingsboard/codec.js';

/** Which codec reads what arrives on a topic; undefined: none. */
export const codecOf = (topic: string): Codec | undefined => byTopic.get(topic);

const byTopic: ReadonlyMap<string, Codec> = new Map([
  [topics.nationalUp, nationalCodec],
  [topics.telemetry, telemetryCodec],
  [topics.attributes, attributesCodec],
]);

/** Checks one device.yaml, already parsed. @throws ZodError naming each wrong field */
export const parseProfile = (content: unknown): DeviceProfile => DeviceProfile.parse(content);
