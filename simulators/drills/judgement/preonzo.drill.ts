import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, type PointPicture, type PointState, SECOND, type WarningView } from '#libs/contracts';
import { PATIENCE_MS, testStation, type TestStation, until } from '#libs/testing';
import { demoPhone } from '../../terrain/src/scenario.js';
import { scenario } from '../../terrain/src/scenarios/index.js';
import { type RunningSlope, startSlope } from './slopes.js';

/** 32 days of record in this: an upload of six samples each third of a second, silence after one. */
const WALL_MS = 45 * SECOND;
const households = [demoPhone(11), demoPhone(12)];
const workCardHolders = [demoPhone(101), demoPhone(102)];

describe('Preonzo 2012', () => {
  let station: TestStation;
  let both: RunningSlope;
  let alone: RunningSlope;

  beforeAll(async () => {
    station = await testStation('drill preonzo');
    await station.county.callNobodyAgain();
    both = startSlope(station, scenario('preonzo'), WALL_MS, '8000001');
    alone = startSlope(station, scenario('preonzo-alone'), WALL_MS, '8000002');
  });
  afterAll(async () => {
    await both?.stop();
    await alone?.stop();
    await station?.stop();
  });

  /** The newest warning of a slope, with its timeline. */
  const newest = async ({ code }: RunningSlope): Promise<WarningView> => {
    const [warning] = await station.county.warnings(code);
    if (!warning) throw new Error(`no warning of ${code}`);
    return station.county.warning(warning.id);
  };
  const state = ({ code }: RunningSlope): Promise<PointState> => station.api.get(`/hazard-points/${code}/state`);
  const levelsShown = ({ code }: RunningSlope): PointState[] =>
    station.wall.events
      .filter(({ type }) => type === 'point.level')
      .map(({ payload }) => payload as PointState)
      .filter(({ hazardPoint }) => hazardPoint === code);

  it('goes with two instruments from quiet to confirmed red, at least 24 hours before it failed', async () => {
    await until('confirmed red', WALL_MS + PATIENCE_MS, async () => (await state(both)).confirmedLevel === 'red');
    const shown = levelsShown(both);
    expect(shown[0]?.level).toBe('none');
    const order = (['yellow', 'orange', 'red'] as const).map((level) => shown.findIndex((one) => one.confirmedLevel === level));
    expect(order.every((place) => place > 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));

    const warning = await until('the warning in red', PATIENCE_MS, async () => {
      const found = await newest(both);
      return found.level === 'red' && found.release.public === 'published' && found;
    });
    expect(warning).toMatchObject({ state: 'confirmed', exercise: true });
    const red = warning.timeline.find(({ kind, level }) => kind === 'level' && level === 'red');
    const failure = both.plan.eventStart + scenario('preonzo').eventMs;
    expect(failure - Date.parse(red?.eventAt ?? '')).toBeGreaterThanOrEqual(24 * HOUR);
  });

  it('stays with one instrument at a red candidate: an inspection, a consultation, and no household is told', async () => {
    await until('a red candidate', WALL_MS + PATIENCE_MS, async () => {
      const { level, certainty } = await state(alone);
      return level === 'red' && certainty === 'awaiting-corroboration';
    });
    const left = alone.plan.wallStart + WALL_MS - Date.now();
    await until('the failure', Math.max(left, 0) + 2 * SECOND, () => Date.now() > alone.plan.wallStart + WALL_MS);
    expect(await state(alone)).toMatchObject({ level: 'red', certainty: 'awaiting-corroboration', confirmedLevel: 'yellow' });
    expect(levelsShown(alone).filter(({ confirmedLevel }) => confirmedLevel === 'orange' || confirmedLevel === 'red')).toEqual([]);

    const warning = await newest(alone);
    expect(warning.release.public).toBe('none');
    expect(warning.timeline.some(({ kind, reasons }) => kind === 'task' && reasons[0]?.code === 'inspection-ordered')).toBe(true);
    expect(await station.county.consultations(warning.id)).toHaveLength(1);
    const deliveries = await station.county.deliveries(warning.id);
    const people = deliveries.filter(({ channel }) => channel !== 'wall');
    expect(new Set(people.map(({ role }) => role))).toEqual(new Set(['monitor', 'responsible']));
    expect(people.filter(({ text }) => text.includes('演练：地灾核查') && text.includes('红色'))).toHaveLength(2);
  });

  it('tells each household once and the people on the work card at each level, all marked as a drill', async () => {
    const warning = await newest(both);
    const deliveries = await until('every message on its way', PATIENCE_MS, async () => {
      // Red calls at once too; one number is called once a minute, so the other slope's call waits.
      const all = (await station.county.deliveries(warning.id)).filter(({ channel }) => channel === 'sms');
      return all.every(({ status }) => !['pending', 'sending', 'unknown', 'recon'].includes(status)) && all;
    });
    expect(deliveries.filter(({ role }) => role === 'household')).toHaveLength(households.length);
    for (const phone of households) {
      // The slope with one instrument has the same people on its cards: one message in all is one of the slope with two.
      const [message, ...others] = await station.outbox.messages(phone);
      expect(others).toEqual([]);
      expect(message?.text).toMatch(/^【[^】]+】演练：地灾红色预警：.*撤到村小学/);
      expect(message?.parts).toBe(1);
      expect((message?.text ?? '').length).toBeLessThanOrEqual(70);
    }
    for (const phone of workCardHolders) {
      const texts = (await station.outbox.messages(phone)).map(({ text }) => text);
      expect(texts.some((text) => text.includes('演练：地灾红色预警'))).toBe(true);
      expect(texts.some((text) => text.includes('演练：地灾核查'))).toBe(true);
    }
    const everything = await station.outbox.messages();
    expect(everything.filter(({ text }) => !/^【[^】]+】演练：/.test(text))).toEqual([]);
    expect(new Set(everything.map(({ outId }) => outId)).size).toBe(everything.length);
  });

  it('is marked as an exercise everywhere', async () => {
    const warning = await newest(both);
    const [consultation, ...others] = await station.county.consultations(warning.id);
    expect(others).toEqual([]);
    expect(consultation?.exercise).toBe(true);
    expect(consultation?.evidence.series.length).toBeGreaterThan(0);
    const shown = station.wall.events.filter(({ type }) => type.startsWith('warning.')).map(({ payload }) => payload as WarningView);
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.filter(({ exercise }) => !exercise)).toEqual([]);
    const later = await station.openWall();
    const pictures = later.snapshots[0]?.points.filter(({ unifiedCode }: PointPicture) => [both.code, alone.code].includes(unifiedCode));
    expect(pictures?.map(({ exercise, level }) => ({ exercise, level }))).toEqual([
      { exercise: true, level: 'red' },
      { exercise: true, level: 'red' },
    ]);
  });

  it('logged no error on the way', () => {
    expect(station.errors).toEqual([]);
  });
});
