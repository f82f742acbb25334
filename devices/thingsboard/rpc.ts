import { topics, type Codec, type WireParameters } from '#libs/contracts';
import { printable } from '../decoding.js';
import { isObject, parseJson } from '../json.js';

/** `{"method":…,"params":{…}}`, as it goes to `v1/devices/me/rpc/request/<number>`. */
export const buildRpcRequest = (method: string, parameters: WireParameters): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ method, params: Object.fromEntries(parameters.map(({ key, value }) => [key, value])) }));

const saidNo = /^(fail|failed|failure|error|false|ko)$/i;
/** Members of an answer that are kept. */
const MAX_VALUES = 32;

/**
 * Reads `v1/devices/me/rpc/response/<number>`. ThingsBoard gives the answer no shape: what says neither `result`, `success` nor
 * `error` is an answer, and an answer is a success. Total: never throws.
 */
export const rpcReplyCodec =
  (topic: string): Codec =>
  (payload, { deviceId }) => {
    const reply = { deviceId, command: undefined, msgid: topic.slice(topics.rpcResponse.length), form: 'rpc' as const };
    const parsed = payload.length === 0 ? { value: {} } : parseJson(payload);
    if ('fault' in parsed) return { samples: [], facts: [], faults: [{ reason: 'unreadable-json', detail: parsed.fault }] };
    const members = isObject(parsed.value) ? parsed.value : { answer: parsed.value };
    const verdict = members['result'] ?? members['success'] ?? (members['error'] === undefined ? true : 'error');
    const values = Object.fromEntries(
      Object.entries(members)
        .slice(0, MAX_VALUES)
        .map(([name, value]) => [printable(name), printable(plain(value))]),
    );
    return { samples: [], facts: [], faults: [], replies: [{ ...reply, ok: !saidNo.test(plain(verdict)), values }] };
  };

/** A member as text; a nested one says only what it is: written out, one nested thousands deep would end the stack. */
const plain = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null || value === undefined
    ? ''
    : Array.isArray(value)
      ? `${value.length} items`
      : `${Object.keys(value).length} members`;
};
