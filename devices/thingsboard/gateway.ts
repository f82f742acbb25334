import type { Codec } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { isObject } from '../json.js';
import { jsonOf, readAttributes, readTelemetry } from './codec.js';

/** Reads `v1/gateway/telemetry`: `{"<child>": [{"ts":…,"values":{…}}, …], …}`. Children are device ids registered with the gateway as `parent`. */
export const gatewayTelemetryCodec: Codec = (payload, context) => byChild(payload, new Decoding(context), readTelemetry);

/** Reads `v1/gateway/attributes`: `{"<child>": {…}, …}`. */
export const gatewayAttributesCodec: Codec = (payload, context) => byChild(payload, new Decoding(context), readAttributes);

function byChild(payload: Uint8Array, into: Decoding, read: (deviceId: string, value: unknown, into: Decoding) => void) {
  const value = jsonOf(payload, into);
  if (isObject(value)) for (const child of Object.keys(value)) read(child, value[child], into);
  else if (value !== undefined) into.fault('unknown-shape', 'a gateway sends an object of its children');
  return into.result();
}

/**
 * Reads `v1/gateway/connect` and `…/disconnect`: `{"device":"<child>"}`. Says nothing a reading could: whether a device is
 * online follows from its own interval, not from a session. A child that is not registered is named as such, so that the
 * person who set up the gateway sees it before the first reading is refused.
 */
export const gatewayPresenceCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  const value = jsonOf(payload, into);
  const child = isObject(value) && typeof value['device'] === 'string' ? value['device'] : undefined;
  if (child === undefined) {
    if (value !== undefined) into.fault('unknown-shape', '{"device":"<child>"} is expected');
  } else if (into.source(child)) into.fact(child, 'gateway', context.deviceId);
  return into.result();
};

/** Reads a request for attributes: there are none to answer with; the client goes on with its own defaults. */
export const attributesRequestCodec: Codec = (_, context) => ({
  samples: [],
  faults: [],
  facts: [{ deviceId: context.deviceId, name: 'attributes', value: 'requested' }],
});

/** Reads a claim: devices are claimed by registering them (`POST /devices`), never by whoever sends first. */
export const claimCodec: Codec = () => ({
  samples: [],
  faults: [{ reason: 'unknown-shape', detail: 'claiming is done by registration, see POST /devices' }],
  facts: [],
});
