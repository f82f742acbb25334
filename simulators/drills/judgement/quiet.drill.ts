import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, type DeviceView, HOUR, levelRank, type PointState, SECOND, toIso } from '#libs/contracts';
import { PATIENCE_MS, testStation, type TestStation, until } from '#libs/testing';
import { demoPhone, type Scenario } from '../../terrain/src/scenario.js';
import { scenario } from '../../terrain/src/scenarios/index.js';
import { type RunningSlope, startSlope } from './slopes.js';

/** Lateness of the gully is twenty minutes: 60 hours in less than this, and half a slow second of the machine makes its readings late. */
const STORM_MS = 80 * SECOND;
const SEASON_MS = 75 * SECOND;
const SILENCE_MS = 18 * SECOND;

/** The silent station speaks in real time for the demo; here it has a clock of its own, ten times as fast. */
const silentStation: Scenario = {
  ...scenario('silent-station'),
  point: (plan) => ({
    ...scenario('silent-station').point(plan),
    drill: { wallStart: toIso(plan.wallStart), eventStart: toIso(plan.eventStart), speed: plan.speed, deliver: 'simulator' },
  }),
};

describe('slopes that must not wake anybody, and one that fell silent', () => {
  let station: TestStation;
  let creep: RunningSlope;
  let storm: RunningSlope;
  let pond: RunningSlope;
  let silent: RunningSlope;

  beforeAll(async () => {
    station = await testStation('drill quiet');
    await station.county.callNobodyAgain();
    creep = startSlope(station, scenario('seasonal-creep'), SEASON_MS, '8100001');
    storm = startSlope(station, scenario('debris-flow'), STORM_MS, '8100002');
    pond = startSlope(station, scenario('tailings-pond'), SEASON_MS, '8100003');
    silent = startSlope(station, silentStation, SILENCE_MS, '8100004');
  });
  afterAll(async () => {
    for (const slope of [creep, storm, pond, silent]) await slope?.stop();
    await station?.stop();
  });

  const shown = ({ code }: RunningSlope): PointState[] =>
    station.wall.events
      .filter(({ type }) => type === 'point.level')
      .map(({ payload }) => payload as PointState)
      .filter(({ hazardPoint }) => hazardPoint === code);

  const state = ({ code }: RunningSlope): Promise<PointState> => station.api.get(`/hazard-points/${code}/state`);
  const isLoud = ({ level, confirmedLevel }: PointState): boolean =>
    [level, confirmedLevel].some((one) => levelRank(one) > levelRank('yellow'));
  const deviceStates = (deviceId: string): string[] =>
    station.wall.events
      .filter(({ type }) => type === 'device.state')
      .map(({ payload }) => payload as DeviceView)
      .filter((device) => device.deviceId === deviceId)
      .map((device) => device.state);
  /** Waits for the end of a run: its own clock has met the wall clock and everything it sent is judged. */
  const end = async (slope: RunningSlope, wallMs: number, tailMs: number): Promise<PointState> => {
    const finish = slope.plan.wallStart + wallMs;
    const limit = Math.max(finish - Date.now(), 0) + PATIENCE_MS;
    return until(`the end of ${slope.code}`, limit, async () => {
      if (Date.now() < finish) return false;
      const now = await state(slope);
      return Date.parse(now.eventAt ?? '') >= finish - tailMs && now;
    });
  };

  it('a station that falls silent turns grey, and the wall says so', async () => {
    const [device] = silentStation.devices(silent.plan);
    const grey = await until('the grey point', SILENCE_MS + PATIENCE_MS, () => shown(silent).find(({ level }) => level === 'unknown'));
    expect(shown(silent)[0]?.level).toBe('none');
    expect(grey.missing.length).toBeGreaterThan(0);
    for (const { why } of grey.missing) expect(JSON.stringify(why)).toContain('silent');
    const offline = (): boolean => deviceStates(device?.deviceId ?? '').includes('offline');
    await until('the silent device', SILENCE_MS + PATIENCE_MS, offline);
    expect(deviceStates(device?.deviceId ?? '')).toEqual(['online', 'stale', 'offline']);
    const later = await station.openWall();
    expect(later.snapshots[0]?.points.find(({ unifiedCode }) => unifiedCode === silent.code)).toMatchObject({
      level: 'unknown',
      freshness: 'silent',
    });
    expect(await station.county.warnings(silent.code)).toEqual([]);
  });

  it('a year of seasonal creep never reaches orange, not even as a candidate', async () => {
    expect((await end(creep, SEASON_MS, 12 * DAY)).level).not.toBe('unknown');
    expect(shown(creep).filter(isLoud)).toEqual([]);
    expect(shown(creep)[0]?.level).toBe('none');
  });

  it('a tailings pond in a wet fortnight reaches yellow, no more, and comes back', async () => {
    expect((await end(pond, SEASON_MS, 2 * DAY)).level).toBe('none');
    expect(shown(pond).filter(isLoud)).toEqual([]);
    expect(shown(pond).some(({ confirmedLevel }) => confirmedLevel === 'yellow')).toBe(true);
  });

  it('a storm over the gully rises to red and falls back when the rain is over', async () => {
    await end(storm, STORM_MS - 5 * SECOND, 12 * HOUR);
    const fallen = await until('quiet after the storm', PATIENCE_MS, async () => {
      const now = await state(storm);
      return now.level === 'none' && now;
    });
    expect(fallen.confirmedLevel).toBe('none');
    const confirmed = shown(storm).map(({ confirmedLevel }) => levelRank(confirmedLevel));
    const peak = confirmed.indexOf(levelRank('red'));
    expect(peak).toBeGreaterThan(0);
    expect(confirmed.slice(0, peak)).toEqual(confirmed.slice(0, peak).toSorted((a, b) => a - b));
    expect(confirmed.slice(peak)).toEqual(confirmed.slice(peak).toSorted((a, b) => b - a));
  });

  it('tells no household: nobody released anything to the public', async () => {
    for (const slope of [creep, storm, pond, silent])
      for (const warning of await station.county.warnings(slope.code)) {
        expect(warning.release.public).toBe('none');
        expect((await station.county.deliveries(warning.id)).filter(({ role }) => role === 'household')).toEqual([]);
      }
    const people = [demoPhone(103), demoPhone(104)].map((phone) => `+86${phone}`);
    const messages = await station.outbox.messages();
    expect(messages.filter(({ to }) => !people.includes(to))).toEqual([]);
    expect(messages.some(({ text }) => text.includes('演练：地灾红色预警'))).toBe(true);
  });

  it('logged no error on the way', () => {
    expect(station.errors).toEqual([]);
  });
});
