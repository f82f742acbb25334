import {
  isRpcResponse,
  type Codec,
  type CommandCodec,
  type CommandWriting,
  type DeviceOrder,
  type DeviceReply,
  type WireParameters,
  type WorkMode,
} from '#libs/contracts';
import { buildRpcRequest, rpcReplyCodec } from '../thingsboard/rpc.js';
import { printable } from '../decoding.js';

/** Bytes of horn text in one command: half a minute of speech. Longer ones overrun the buffers of the field's horns. */
const MAX_BROADCAST_BYTES = 240;
/** One value of an answer is kept up to here; a device that answers with its whole log must not fill the history. */
const MAX_VALUE = 2_000;
const MAX_VALUES = 32;

const workModeNumber: Readonly<Record<WorkMode, string>> = { normal: '0', saving: '1', emergency: '2' };
/** The protocol counts levels from the worst (0 = red); inside a level is a word. */
const levelNumber = { red: '0', orange: '1', yellow: '2' } as const;

/** The parameters of §8.6 for an order, or what can't be said on this wire. */
function wireParameters(order: DeviceOrder, writing: CommandWriting): { parameters: WireParameters } | { fault: string } {
  const out: WireParameters = [];
  const put = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) out.push({ key, value: String(value) });
  };
  switch (order.command) {
    case 'settime':
      put('time', writing.civilTime);
      put('server', order.parameters.server);
      break;
    case 'reqsensortime':
    case 'sample':
      put('sensor_id', order.parameters.sensor);
      break;
    case 'setsensortime': {
      const { sensor, sampleInterval, uploadInterval, plusInterval } = order.parameters;
      put('sensor_id', sensor);
      for (const [key, name, seconds] of [
        ['sample_intv', 'sampleInterval', sampleInterval],
        ['upload_intv', 'uploadInterval', uploadInterval],
        ['plus_intv', 'plusInterval', plusInterval],
      ] as const) {
        const count = writing.intervalUnit === 'minute' ? (seconds ?? 0) / 60 : (seconds ?? 0);
        if (!Number.isInteger(count))
          return { fault: `${name}: ${seconds} s; devices here count whole minutes (settings: downlink.intervalUnit)` };
        if (seconds !== undefined) put(key, count);
      }
      break;
    }
    case 'setsensorattr':
      put('sensor_id', order.parameters.sensor);
      put('threshold', order.parameters.threshold?.join(','));
      put('upper_limit', order.parameters.upperLimit);
      put('lower_limit', order.parameters.lowerLimit);
      break;
    case 'getsensorattr':
      put('sensor_id', order.parameters.sensor);
      break;
    case 'setworkmode':
      put('mode', workModeNumber[order.parameters.mode]);
      break;
    case 'broadcast':
      return broadcast(order.parameters, writing);
    case 'meteorologicalearlywarning':
      put('level', levelNumber[order.parameters.level]);
      put('effective_time', order.parameters.hours);
      put('lon_range', order.parameters.longitudes?.join(','));
      put('lat_range', order.parameters.latitudes?.join(','));
      break;
    case 'setInitial':
      put('monitor', order.parameters.sensor);
      put('value', order.parameters.value?.join(','));
      break;
    case 'getsensorID':
    case 'getworkmode':
    case 'getstatus':
    case 'reboot':
    case 'getcmdversion':
      break;
  }
  return { parameters: out };
}

/** `&` and `=` end a value on this wire: the horn is given their full-width forms, which it reads the same. */
function broadcast(given: { times: number; text: string }, { gb2312 }: CommandWriting): { parameters: WireParameters } | { fault: string } {
  const text = given.text.replace(/&/g, '＆').replace(/[=]/g, '＝').replace(/\$/g, '＄');
  const bytes = gb2312(text);
  if (!bytes) {
    const strange = Array.from(text).filter((character) => !gb2312(character));
    return { fault: `text: ${withoutControls(strange.slice(0, 10).join(' '))} is not in GB 2312, the horn can't speak it` };
  }
  if (bytes.length > MAX_BROADCAST_BYTES)
    return {
      fault: `text: ${bytes.length} bytes in GB 2312, a horn takes ${MAX_BROADCAST_BYTES} (${MAX_BROADCAST_BYTES / 2} Chinese characters)`,
    };
  return {
    parameters: [
      { key: 'b_num', value: String(given.times) },
      { key: 'b_size', value: String(bytes.length) },
      { key: 'b_content', value: text, bytes },
    ],
  };
}

/** `$cmd=<name>&k=v…&msgid=…`, as it goes to `$creq/<deviceId>/cmd`. */
function buildCommand(name: string, parameters: WireParameters, msgid: string): Uint8Array {
  const text = new TextEncoder();
  const parts: Uint8Array[] = [text.encode(`$cmd=${name}`)];
  for (const { key, value, bytes } of parameters) parts.push(text.encode(`&${key}=`), bytes ?? text.encode(value));
  parts.push(text.encode(`&msgid=${msgid}`));
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The answer to a device that asked for the time at boot: its own number comes back. */
const buildTimeAnswer = (civilTime: string, msgid: string): Uint8Array =>
  new TextEncoder().encode(`$cmd=reqtime&result=succ&time=${civilTime}${msgid === '' ? '' : `&msgid=${msgid}`}`);

/** Reads what a device publishes on `$crsp/<deviceId>/cmd`. Total: never throws. */
const commandReplyCodec: Codec = (payload, { deviceId }) => {
  const text = new TextDecoder().decode(payload.subarray(0, 16_384)).trim().replace(/\0+$/, '');
  const found = /^\$cmd=([A-Za-z][A-Za-z0-9_]{0,39})(?=&|$)/.exec(text);
  if (!found)
    return { samples: [], facts: [], faults: [{ reason: 'unknown-shape', detail: `no command answer: ${printable(text.slice(0, 80))}` }] };
  const values: Record<string, string> = {};
  // An answer may hold JSON with `&` in it: only `&name=` begins a parameter.
  for (const part of text
    .slice(found[0].length)
    .split(/&(?=[A-Za-z][A-Za-z0-9_]{0,39}=)/)
    .slice(0, MAX_VALUES + 1)) {
    const at = part.indexOf('=');
    if (at > 0) values[part.slice(0, at)] = withoutControls(part.slice(at + 1));
  }
  const { msgid = '', result, apikey: _secret, ...rest } = values;
  const reply: DeviceReply = {
    deviceId,
    command: found[1],
    msgid: /^[\w-]{0,40}$/.test(msgid) ? msgid : '',
    ok: result === undefined ? undefined : /^(succ|success|ok)$/i.test(result),
    values: rest,
    form: 'national',
  };
  return { samples: [], facts: [], faults: [], replies: [reply] };
};

/** PostgreSQL keeps no NUL, and JSON no half characters. */
const withoutControls = (text: string): string =>
  text
    .slice(0, MAX_VALUE)
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replace(/[\u0000-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\u00b7');

/** `$crsp/<deviceId>/cmd`. */
const isCommandReplyTopic = (topic: string): boolean => /^\$crsp\/[^/]{1,64}\/cmd$/.test(topic);

/** Commands as this release writes them. */
export const commandCodec: CommandCodec = {
  parameters: wireParameters,
  national: buildCommand,
  rpc: buildRpcRequest,
  time: buildTimeAnswer,
};

/** The codec of a topic on which devices answer commands; undefined: not one of those. */
export const replyCodecOf = (topic: string): Codec | undefined =>
  isCommandReplyTopic(topic) ? commandReplyCodec : isRpcResponse(topic) ? rpcReplyCodec(topic) : undefined;
