import { topics, type Codec, type Decoded } from '#libs/contracts';
import { codecOf } from '../index.js';
import { buildFileFrame } from '../national/frame.js';
import { contextOf, payloadOf, shippedSamples } from './shipped.js';

/** One codec under fire: how it is called, and what it reads when all is well. */
export interface Fuzzed {
  name: string;
  read(payload: Uint8Array): Decoded;
  genuine: readonly Uint8Array[];
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const site = {
  baselines: [{ since: '2026-01-01T00:00:00Z', origin: { latitude: 31.4, longitude: 103.5, height: 2100 } }],
  slideDirection: 90,
};
const context = {
  ...contextOf('station', { '99': 'foreign-device' }, site),
  receivedAt: Date.UTC(2026, 2, 14, 6),
  tools: {
    sha256: (bytes: Uint8Array) => String(bytes.length),
    /** Opens whatever is base64: the worst that can be inside an envelope is anything. */
    openEnvelope: ({ body }: { body: string }) => {
      try {
        return { payload: Uint8Array.from(atob(body), (char) => char.charCodeAt(0)), fresh: body.length % 2 === 0 };
      } catch {
        return { refused: 'sealed-wrong' as const, detail: 'no base64' };
      }
    },
  },
};

const samplesOf = (topic: string): Uint8Array[] =>
  shippedSamples().flatMap(({ sample }) => (sample.topic === topic ? [payloadOf(sample)] : []));
const more: Readonly<Record<string, readonly Uint8Array[]>> = {
  [topics.nationalUp]: [
    bytesOf('{"header":{"appId":"1","ts":1773468000,"nonce":"a"},"bodies":{"body":"AgAIeyJhIjp7fX0="}}'),
    bytesOf('{"datastreams":[{"id":"L1_LF_1","datapoints":[{"at":"2026-03-14T06:00:00Z","value":1}]}]}'),
    bytesOf('{"17165802":{"L1_LF_1":{"2026-03-14T06:00:00Z":1},"L1_LF_1":{"2026-03-14T07:00:00Z":2}}}'),
    buildFileFrame({ '17165802': { L1_GP_1: { gpsInitial: {} } } }, samplesOf(topics.gnss)[0] ?? bytesOf('$')),
    new Uint8Array([4, 0, 1, 0, 2, 0, 3, 9, 9]),
  ],
  [topics.gatewayConnect]: [bytesOf('{"device":"17165803"}')],
  [topics.claim]: [bytesOf('{"secretKey":"a","durationMs":60000}')],
};

/** Every codec a topic leads to. Listeners of other wires add theirs here. */
export const fuzzed: readonly Fuzzed[] = [
  topics.nationalUp,
  topics.telemetry,
  topics.attributes,
  topics.gnss,
  topics.beidou,
  topics.gatewayTelemetry,
  topics.gatewayAttributes,
  topics.gatewayConnect,
  topics.claim,
].map((topic) => {
  const codec: Codec | undefined = codecOf(topic);
  if (!codec) throw new Error(`no codec reads ${topic}`);
  return { name: topic, read: (payload) => codec(payload, context), genuine: [...samplesOf(topic), ...(more[topic] ?? [])] };
});
