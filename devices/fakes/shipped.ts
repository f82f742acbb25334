import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { catalogueOf, type CodecContext, type DeviceCatalogue, type GnssSite } from '#libs/contracts';
import { buildFrame } from '../national/frame.js';
import { parseProduct, parseProfile } from '../index.js';

/** For specs: the shipped profiles, products and samples, read from the folders. */
const here = fileURLToPath(new URL('..', import.meta.url));
const withFile = (name: string): string[] =>
  readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(here + entry.name).includes(name))
    .map((entry) => entry.name);
const yaml = (file: string): unknown => parse(readFileSync(`${here}${file}`, 'utf8'));

let shipped: DeviceCatalogue | undefined;
export const shippedCatalogue = (): DeviceCatalogue =>
  (shipped ??= catalogueOf(
    withFile('device.yaml').map((id) => parseProfile(yaml(`${id}/device.yaml`))),
    withFile('products').flatMap((id) => readdirSync(`${here}${id}/products`).map((file) => parseProduct(yaml(`${id}/products/${file}`)))),
  ));

/** One `samples/*.json`: `json`, `text` or `hex` is sent on `topic`; exactly `readings` and `faults` come of it. */
export interface DeviceSample {
  about: string;
  topic: string;
  /** The product that sends it; the folder's own profile when absent. */
  product?: string;
  /** Data type of the header before `json` on `$dp`; null or absent: no header. */
  type?: 1 | 2 | null;
  json?: unknown;
  text?: string;
  hex?: string;
  site?: GnssSite;
  readings: [channel: string, time: string | null, value: number, ...quality: string[]][];
  faults?: string[];
}

export const shippedSamples = (): { profile: string; file: string; sample: DeviceSample }[] =>
  withFile('samples').flatMap((folder) =>
    readdirSync(`${here}${folder}/samples`).map((file) => {
      const sample = JSON.parse(readFileSync(`${here}${folder}/samples/${file}`, 'utf8')) as DeviceSample;
      return { profile: sample.product ?? folder, file: `${folder}/samples/${file}`, sample };
    }),
  );

/** The bytes of a sample, as the device sends them. */
export function payloadOf({ type, json, text, hex }: DeviceSample): Uint8Array {
  if (hex !== undefined) return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (text !== undefined) return new TextEncoder().encode(text);
  return type === 1 || type === 2 ? buildFrame(type, json) : new TextEncoder().encode(JSON.stringify(json));
}

/** A context in which every id is a device of `profile`, except those refused. */
export function contextOf(
  profileId: string,
  refused: Record<string, 'foreign-device' | 'closed-point'> = {},
  site?: GnssSite,
): CodecContext {
  const profile = shippedCatalogue().profile(profileId);
  if (!profile) throw new Error(`no profile ${profileId}`);
  return {
    deviceId: '17165802',
    source: (id) => {
      const reason = Object.hasOwn(refused, id) ? refused[id] : undefined;
      return reason ? { refused: reason, detail: id } : site ? { profile, site } : { profile };
    },
  };
}
