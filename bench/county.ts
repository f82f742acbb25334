import type { Api } from './api.js';
import type { Credential } from './load/job.js';
import { rulebookId } from './rules.js';

/** Registrations under way at the same time: the registry takes one after another, more only wait. */
const together = 8;

/** Runs `work` on every item, a few at a time, answers in order. */
export async function inTurns<T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at] as T, at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, items.length) }, worker));
  return results;
}

export interface County {
  points: readonly string[];
  devices: readonly Credential[];
}

/** Codes of a run; twelve digits as the unified code has them. */
const code = (prefix: string, at: number): string => `${prefix}${String(at + 1).padStart(6, '0')}`;
export const pointCode = (prefix: string, at: number): string => code(prefix, at);
export const deviceCode = (prefix: string, at: number): string => code(`B${prefix}`, at);

/** A device for each client of a run, `perPoint` of them at one point. */
export const registerClients = (api: Api, { clients, perPoint }: { clients: number; perPoint: number }): Promise<County> =>
  register(api, { points: Math.max(1, Math.round(clients / perPoint)), devices: clients });

/**
 * Registers points, under the bench's rulebook unless another is named, and devices spread evenly over them, through the API.
 * @param prefix keeps several counties of one station apart
 */
export async function register(
  api: Api,
  counts: { points: number; devices: number },
  {
    prefix = '513221',
    interval = 60,
    rulebook = rulebookId,
    say,
  }: { prefix?: string; interval?: number; rulebook?: string; say?: (text: string) => void } = {},
): Promise<County> {
  const points = await inTurns(
    Array.from({ length: counts.points }, (_, at) => pointCode(prefix, at)),
    async (unifiedCode) => {
      await api.call('POST', '/hazard-points', {
        unifiedCode,
        name: `斜坡${unifiedCode}`,
        kind: 'landslide',
        divisionCode: '513221',
        longitude: 103.65,
        latitude: 32.07,
        threatenedHouseholds: 12,
        threatenedPeople: 45,
        rulebook,
      });
      return unifiedCode;
    },
  );
  const devices = await inTurns(
    Array.from({ length: counts.devices }, (_, at) => deviceCode(prefix, at)),
    async (deviceId, at) => {
      const hazardPoint = points[at % points.length];
      const { secret } = await api.call<{ secret: string }>('POST', '/devices', { deviceId, profile: 'station', hazardPoint, interval });
      if ((at + 1) % 1000 === 0) say?.(`${at + 1} devices registered`);
      return { deviceId, secret };
    },
  );
  return { points, devices };
}
