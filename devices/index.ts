import { DeviceProduct, DeviceProfile, topics, type Codec } from '#libs/contracts';
import { beidouCodec } from './beidou/codec.js';
import { gnssCodec } from './gnss/text.js';
import { hj212Codec } from './hj212/codec.js';
import { nationalCodec } from './national/codec.js';
import { sl651Codec } from './sl651/codec.js';
import { attributesCodec, telemetryCodec } from './thingsboard/codec.js';
import {
  attributesRequestCodec,
  claimCodec,
  gatewayAttributesCodec,
  gatewayPresenceCodec,
  gatewayTelemetryCodec,
} from './thingsboard/gateway.js';

export { commandCodec, replyCodecOf } from './national/command.js';
export { buildPacket as buildHj212 } from './hj212/packet.js';
export { hj212Dialect } from './hj212/session.js';
export { nationalCodec } from './national/codec.js';
export { buildFileFrame, buildFrame } from './national/frame.js';
export { buildUplink as buildSl651 } from './sl651/downlink.js';
export { afn as sl651Afn, parseFrame as parseSl651, symbol as sl651Symbol, type Sl651Frame } from './sl651/frame.js';
export { sl651Dialect } from './sl651/session.js';
export { attributesCodec, telemetryCodec } from './thingsboard/codec.js';

/** Which codec reads what arrives on a topic; undefined: none. */
export const codecOf = (topic: string): Codec | undefined =>
  byTopic.get(topic) ?? (topic.startsWith(topics.attributesRequest) ? attributesRequestCodec : undefined);

const byTopic: ReadonlyMap<string, Codec> = new Map([
  [topics.nationalUp, nationalCodec],
  [topics.telemetry, telemetryCodec],
  [topics.attributes, attributesCodec],
  [topics.gnss, gnssCodec],
  [topics.beidou, beidouCodec],
  [topics.gatewayTelemetry, gatewayTelemetryCodec],
  [topics.gatewayAttributes, gatewayAttributesCodec],
  [topics.gatewayConnect, gatewayPresenceCodec],
  [topics.gatewayDisconnect, gatewayPresenceCodec],
  [topics.claim, claimCodec],
  [topics.sl651, sl651Codec],
  [topics.hj212, hj212Codec],
]);

/** Checks one device.yaml, already parsed. @throws ZodError naming each wrong field */
export const parseProfile = (content: unknown): DeviceProfile => DeviceProfile.parse(content);

/** Checks one product file, already parsed. @throws ZodError naming each wrong field */
export const parseProduct = (content: unknown): DeviceProduct => DeviceProduct.parse(content);
