import path from 'node:path';
import type { TestStation } from '#libs/testing';
import { planRun, runScenario } from '../../terrain/src/run.js';
import type { RunPlan, Scenario } from '../../terrain/src/scenario.js';
import { SecretsFile } from '../../terrain/src/secrets.js';
import { StationClient } from '../../terrain/src/station-client.js';

/** A simulated slope at work on a station in this process. */
export interface RunningSlope {
  code: string;
  /** The plan it runs by; event times of the script are found with it. */
  plan: RunPlan;
  /** Ends it and answers when its devices have gone; rejects with what went wrong on the way. */
  stop(): Promise<void>;
}

/**
 * Runs a slope of the demo in `wallMs` on the station, as its own process would: a client of HTTP and MQTT.
 * @param run digits that make its codes its own
 */
export function startSlope(station: TestStation, scenario: Scenario, wallMs: number, run: string): RunningSlope {
  const speed = scenario.eventMs / wallMs;
  const abort = new AbortController();
  // The run reads the clock once before it registers anything: the same instant makes the same plan here.
  const began = Date.now();
  let asked = false;
  const now = (): number => {
    if (asked) return Date.now();
    asked = true;
    return began;
  };
  const running = runScenario(scenario, {
    station: new StationClient(station.url, station.api.token),
    mqttUrl: `mqtt://127.0.0.1:${station.mqttPort}`,
    secrets: new SecretsFile(path.join(station.dataDir, 'demo'), scenario.name),
    speed,
    run,
    now,
    say: () => undefined,
    signal: abort.signal,
  });
  running.catch(() => undefined);
  const plan = planRun(scenario, began, run, speed);
  return {
    code: scenario.point(plan).unifiedCode,
    plan,
    stop: async () => {
      abort.abort();
      await running;
    },
  };
}
