import { topics, type Codec, type CodecContext, type Decoded } from '#libs/contracts';
import { encodeAlarm } from '../beidou/alarm.js';
import { buildTxxx } from '../beidou/bds2.js';
import { fromHex } from '../beidou/bytes.js';
import { buildHj212, buildSl651, codecOf, replyCodecOf } from '../index.js';
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
const tools = {
  sha256: (bytes: Uint8Array) => String(bytes.length),
  /** Opens whatever is base64: the worst that can be inside an envelope is anything. */
  openEnvelope: ({ body }: { body: string }) => {
    try {
      return { payload: Uint8Array.from(atob(body), (char) => char.charCodeAt(0)), fresh: body.length % 2 === 0 };
    } catch {
      return { refused: 'sealed-wrong' as const, detail: 'no base64' };
    }
  },
};
const contextFor = (profile: string): CodecContext => ({
  ...contextOf(profile, { '99': 'foreign-device' }, site),
  receivedAt: Date.UTC(2026, 2, 14, 6),
  tools,
});
const commandReply = topics.commandReply('17165802');
const rpcReply = `${topics.rpcResponse}7`;

const samplesOf = (topic: string): Uint8Array[] =>
  shippedSamples().flatMap(({ sample }) => (sample.topic === topic ? [payloadOf(sample)] : []));
const hexBytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const hj212Data =
  'QN=20260314060000123;ST=22;CN=2011;PW=100000;MN=17165802;Flag=5;CP=&&DataTime=20260314140000;a34001-Rtd=1.5,a34001-Flag=N&&';
const more: Readonly<Record<string, readonly Uint8Array[]>> = {
  [topics.nationalUp]: [
    bytesOf('{"header":{"appId":"1","ts":1773468000,"nonce":"a"},"bodies":{"body":"AgAIeyJhIjp7fX0="}}'),
    bytesOf('{"datastreams":[{"id":"L1_LF_1","datapoints":[{"at":"2026-03-14T06:00:00Z","value":1}]}]}'),
    bytesOf('{"17165802":{"L1_LF_1":{"2026-03-14T06:00:00Z":1},"L1_LF_1":{"2026-03-14T07:00:00Z":2}}}'),
    buildFileFrame({ '17165802': { L1_GP_1: { gpsInitial: {} } } }, samplesOf(topics.gnss)[0] ?? bytesOf('$')),
    new Uint8Array([4, 0, 1, 0, 2, 0, 3, 9, 9]),
  ],
  [topics.gatewayConnect]: [bytesOf('{"device":"17165803"}')],
  [commandReply]: [
    bytesOf('$cmd=setsensortime&result=succ&msgid=7'),
    bytesOf('$cmd=getstatus&result=succ&state={"ext_power_volt":12.4}&msgid=8'),
    bytesOf('$cmd=reqtime&msgid=1'),
  ],
  [topics.sl651]: [hexBytes('7E7E0100123456781234320020020001260314060000F1F1001234567848F0F02603140600261900012338121265 0389E8')],
  [topics.hj212]: [buildHj212(hj212Data)],
  [rpcReply]: [bytesOf('{"result":"succ"}'), bytesOf('{"error":{"code":5}}')],
  [topics.claim]: [bytesOf('{"secretKey":"a","durationMs":60000}')],
};

/** Every codec there is, by its topic and the profile of the device that speaks it. A new wire form adds its line here. */
const plain: readonly Fuzzed[] = [
  [topics.nationalUp, 'station'],
  [topics.telemetry, 'station'],
  [topics.attributes, 'station'],
  [topics.gnss, 'gnss'],
  [topics.beidou, 'station'],
  [topics.gatewayTelemetry, 'station'],
  [topics.gatewayAttributes, 'station'],
  [topics.gatewayConnect, 'station'],
  [topics.claim, 'station'],
  [commandReply, 'station'],
  [rpcReply, 'station'],
  [topics.sl651, 'sl651-station'],
  [topics.hj212, 'mine-environment'],
].map(([topic = '', profile = '']) => {
  const codec: Codec | undefined = codecOf(topic) ?? replyCodecOf(topic);
  if (!codec) throw new Error(`no codec reads ${topic}`);
  const context = contextFor(profile);
  return { name: topic, read: (payload) => codec(payload, context), genuine: [...samplesOf(topic), ...(more[topic] ?? [])] };
});

/** Hardly an accident leaves a checksum right. What an accident before the sealing would bring is tried too: the same codec, sealed anew. */
function sealed(topic: string, profile: string, genuine: readonly Uint8Array[], seal: (inside: Uint8Array) => Uint8Array): Fuzzed {
  const codec = codecOf(topic);
  if (!codec) throw new Error(`no codec reads ${topic}`);
  const context = contextFor(profile);
  return { name: `${topic} behind a right checksum`, read: (inside) => codec(seal(inside), context), genuine };
}

const alarm = encodeAlarm({ device: 17165802, time: Date.UTC(2026, 2, 14, 6), code: 'L1_LF_1', values: { value: 12.75 }, battery: 93 });
const party = { station: '0012345678', centre: 1, password: '1234' };

export const fuzzed: readonly Fuzzed[] = [
  ...plain,
  sealed(topics.beidou, 'station', [alarm], (inside) => buildTxxx(1, inside.subarray(0, 480))),
  sealed(
    topics.sl651,
    'sl651-station',
    [
      hexBytes('0001260314060000F1F1001234567848F0F02603140600261900012338121265'),
      hexBytes('0002260314060000F0F026031406003923000123450E1A001234'),
    ],
    (inside) => buildSl651(party, { afn: 0x30 + (inside.length % 8), end: 0x03, body: inside.subarray(0, 4_000) }),
  ),
  sealed(topics.hj212, 'mine-environment', [bytesOf(hj212Data)], (inside) =>
    buildHj212(new TextDecoder('latin1').decode(inside.subarray(0, 9_000))),
  ),
];
