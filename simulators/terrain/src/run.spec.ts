import { expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { planRun, wallTimeOf } from './run.js';
import { scenario, scenarioNames } from './scenarios/index.js';

const now = Date.parse('2026-11-21T00:00:00Z');

it('meets the wall clock when the run is planned to end, and runs at speed 1 from there', () => {
  const preonzo = scenario('preonzo');
  const plan = planRun(preonzo, now, '1');
  expect(preonzo.eventMs).toBe(765 * HOUR);
  expect(wallTimeOf(plan, plan.eventStart)).toBe(now);
  expect(wallTimeOf(plan, plan.eventStart + preonzo.eventMs)).toBe(now + 180_000);
  expect(wallTimeOf(plan, now + 180_000 + HOUR)).toBe(now + 180_000 + HOUR);
});

it.each(scenarioNames)('%s sends in the order of its clock, from registered devices only', (name) => {
  const wanted = scenario(name);
  const plan = planRun(wanted, now, '1');
  const devices = new Set(wanted.devices(plan).map((device) => device.deviceId));
  let last = -Infinity;
  let count = 0;
  for (const upload of wanted.uploads(plan)) {
    expect(upload.at).toBeGreaterThanOrEqual(last);
    expect(devices).toContain(upload.device);
    expect(upload.samples.length).toBeGreaterThan(0);
    last = upload.at;
    if (++count > 2000) break;
  }
  const live = wanted.live?.(plan) ?? [];
  for (const { device, value } of live) {
    expect(devices).toContain(device);
    expect(value(0)).not.toEqual(value(600));
  }
  if (live.length === 0) expect(count).toBeGreaterThan(5);
});

it('names the scenarios that exist', () => {
  expect(() => scenario('volcano')).toThrow(/preonzo.*debris-flow/);
});
