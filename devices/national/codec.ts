import type { Codec } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { isObject, parseJson } from '../json.js';
import { sealedEnvelope } from './envelope.js';
import { readFile } from './file.js';
import { readPlainFrame } from './plain-frame.js';
import { splitFrames } from './frame.js';
import { readDatastreams, readDevice, type Speaking } from './sensors.js';

/**
 * Reads a `$dp` payload. Every sample of every time is kept: a device that was offline sends hours of them in one frame.
 * Deviations of the field are read where they are unambiguous and named as faults where they are not.
 */
export const nationalCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  readFrames(payload, into, undefined);
  return into.result();
};

/** @param opened how the envelope was opened that these frames lay in; undefined: they lay in none */
function readFrames(payload: Uint8Array, into: Decoding, opened: { fresh: boolean } | undefined): void {
  for (const frame of splitFrames(payload)) {
    if ('fault' in frame) into.fault('unreadable-frame', frame.fault);
    else if (frame.type === 4)
      into.fault('firmware-frame', `firmware packet ${frame.index} of ${frame.total}: those go to devices, none was asked for`);
    else if ('stream' in frame) readFile(frame.descriptor, frame.stream, into);
    else if (frame.type === 2 && readPlainFrame(frame.json, into)) continue;
    else readJson(frame.json, { type: frame.type, stale: opened?.fresh === false }, into, opened !== undefined);
  }
}

function readJson(bytes: Uint8Array, speaking: Speaking, into: Decoding, opened: boolean): void {
  const parsed = parseJson(bytes);
  if ('fault' in parsed) {
    into.fault('unreadable-json', parsed.fault);
    return;
  }
  for (const path of parsed.contradictions ?? []) into.fault('bad-value', `${path} is there twice, with different values`);
  const { value } = parsed;
  if (!isObject(value)) into.fault('unknown-shape', 'the JSON is no object of devices');
  else if (isObject(value['header']) && isObject(value['bodies'])) readSealed(value['header'], value['bodies'], into, opened);
  else if (Array.isArray(value['datastreams'])) readDatastreams(value['datastreams'], speaking, into);
  else for (const deviceId of Object.keys(value)) readDevice(deviceId, value[deviceId], speaking, into);
}

function readSealed(header: Record<string, unknown>, bodies: Record<string, unknown>, into: Decoding, opened: boolean): void {
  const sealed = sealedEnvelope(header, bodies);
  const open = into.context.tools?.openEnvelope;
  if ('fault' in sealed) into.fault('unknown-shape', sealed.fault);
  // One envelope in another is no form of the field, and would let a payload ask for any number of decryptions.
  else if (opened) into.fault('unknown-shape', 'an envelope inside an envelope');
  else if (!open) into.fault('unknown-app', `no key is configured for application ${sealed.appId}`);
  else {
    const inside = open(sealed, into.context.receivedAt ?? 0);
    if ('refused' in inside) into.fault(inside.refused, inside.detail);
    else readFrames(inside.payload, into, inside);
  }
}
