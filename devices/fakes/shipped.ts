import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { catalogueOf, type CodecContext, type DeviceCatalogue } from '#libs/contracts';
import { parseProfile } from '../index.js';

/** For specs: the shipped profiles and samples, read from the folders. */
const here = fileURLToPath(new URL('..', import.meta.url));
const withFile = (name: string): string[] =>
  readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(here + entry.name).includes(name))
    .map((entry) => entry.name);

export const shippedCatalogue = (): DeviceCatalogue =>
  catalogueOf(withFile('device.yaml').map((id) => parseProfile(parse(readFileSync(`${here}${id}/device.yaml`, 'utf8')))));

/** One `samples/*.json`: `json` is sent on `topic`, on `$dp` behind a header of `type`; exactly `readings` and `faults` come of it. */
export interface DeviceSample {
  about: string;
  topic: string;
  type: 1 | 2 | null;
  json: unknown;
  readings: [channel: string, time: string | null, value: number][];
  faults?: string[];
}

export const shippedSamples = (): { profile: string; file: string; sample: DeviceSample }[] =>
  withFile('samples').flatMap((profile) =>
    readdirSync(`${here}${profile}/samples`).map((file) => ({
      profile,
      file,
      sample: JSON.parse(readFileSync(`${here}${profile}/samples/${file}`, 'utf8')) as DeviceSample,
    })),
  );

/** A context in which every id is a device of `profile`, except those refused. */
export function contextOf(profileId: string, refused: Record<string, 'foreign-device' | 'closed-point'> = {}): CodecContext {
  const profile = shippedCatalogue().profile(profileId);
  if (!profile) throw new Error(`no profile ${profileId}`);
  return {
    deviceId: '17165802',
    source: (id) => {
      const reason = refused[id];
      return reason ? { refused: reason, detail: id } : { profile };
    },
  };
}
