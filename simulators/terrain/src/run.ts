import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceLink } from './device-link.js';
import { Firmware } from './firmware.js';
import { runLive } from './live-device.js';
import type { RunPlan, Scenario } from './scenario.js';
import type { SecretsFile } from './secrets.js';
import type { StationClient } from './station-client.js';

export interface RunOptions {
  station: StationClient;
  mqttUrl: string;
  secrets: SecretsFile;
  /** Event seconds a wall second; the scenario's own when absent. */
  speed?: number | undefined;
  /** Digits that make this run's codes its own. */
  run: string;
  now: () => number;
  say: (text: string) => void;
  signal: AbortSignal;
}

/**
 * The clock of a run: its event time meets the wall clock when the run is planned to end, and from there runs at speed 1.
 */
export function planRun(scenario: Scenario, now: number, run: string, speed?: number): RunPlan {
  const wallMs = speed === undefined ? scenario.wallMs : scenario.eventMs / speed;
  return { wallStart: now, eventStart: now + wallMs - scenario.eventMs, speed: scenario.eventMs / wallMs, run };
}

/** Wall clock at which the run's own clock shows `event`. */
export function wallTimeOf(plan: RunPlan, event: number): number {
  return Math.max(event, plan.wallStart + (event - plan.eventStart) / plan.speed);
}

/** Closes what an earlier run left open; its records stay. A point the station no longer knows is forgotten. */
async function closeEarlierRuns({ station, secrets }: RunOptions): Promise<void> {
  for (const point of secrets.openPoints) {
    await station.closePoint(point).catch((error: { status?: number }) => {
      if (error.status !== 404) throw error;
    });
    secrets.removePoint(point);
  }
}

/** Registers the scenario's point, devices and cards, then publishes its uploads when their time has come, until aborted or done. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<void> {
  const { station, secrets, say, signal, now } = options;
  await closeEarlierRuns(options);
  const plan = planRun(scenario, now(), options.run, options.speed);
  const point = scenario.point(plan);
  await station.createPoint(point);
  secrets.addPoint(point.unifiedCode);
  for (const card of scenario.workCards(plan)) await station.createWorkCard(card);
  for (const card of scenario.householdCards(plan)) await station.createHouseholdCard(card);
  const live = scenario.live?.(plan) ?? [];
  const links = new Map<string, DeviceLink>();
  try {
    for (const device of scenario.devices(plan)) {
      const secret = await station.createDevice(device);
      secrets.addDevice(device.deviceId, secret);
      const own = live.find((sensor) => sensor.device === device.deviceId);
      const firmware = new Firmware({ uploadInterval: own?.interval, plusInterval: 60 });
      links.set(device.deviceId, new DeviceLink(options.mqttUrl, device.deviceId, secret, firmware));
    }
    say(`${point.name} (${point.unifiedCode}): ${links.size} device(s), ${Math.round(plan.speed)} × time`);
    await Promise.all([
      publishAll(scenario, plan, links, now, signal),
      ...live.map((sensor) => {
        const link = links.get(sensor.device);
        return link && runLive(link, sensor, plan.wallStart, now, signal);
      }),
    ]);
    say(`${point.name}: everything sent`);
  } finally {
    await Promise.all([...links.values()].map((link) => link.close()));
  }
}

async function publishAll(
  scenario: Scenario,
  plan: RunPlan,
  links: ReadonlyMap<string, DeviceLink>,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  for (const upload of scenario.uploads(plan)) {
    const wait = wallTimeOf(plan, upload.at) - now();
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await links.get(upload.device)?.send(upload);
  }
}
