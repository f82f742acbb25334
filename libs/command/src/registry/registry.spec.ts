import { beforeEach, describe, expect, it } from 'vitest';
import { deviceState, HazardPointCreate, HazardPointPatch, Problem } from '#libs/contracts';
import { createDevice, listDevices, readReadings, viewDevice } from '../devices/devices.js';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { createPoint, listPoints, statePoint, updatePoint } from './points.js';
import { RegistryIndex } from './registry-index.js';
import type { ScopedView } from '../identity/scope.js';

const code = (error: unknown) => (error instanceof Problem ? error.code : String(error));
let context: FakeContext;
let view: ScopedView;
let told: string[];
beforeEach(() => {
  context = fakeContext();
  view = viewOf(context, fakeUser('engineer', ['device-engineer']));
  told = [];
  context.bus.listen('test', 'registry.changed', ({ points }) => void told.push(...points));
});
const point = (more = {}) => createPoint(context, view, HazardPointCreate.parse(pointInput('513221010001', '513221', more)));
const device = (deviceId = 'R1', more = {}) =>
  createDevice(context, view, { deviceId, profile: 'rain-gauge', hazardPoint: '513221010001', synthetic: false, ...more });

describe('a hazard point', () => {
  it('takes the rulebook of its kind and the release policies of the county where it names none', async () => {
    await context.settings.change({ release: { orange: 'auto-after:600' } }, 'test');
    const made = await point({ release: { red: 'immediate' } });
    expect(made).toMatchObject({ rulebook: 'landslide-soil', version: 1, closed: false });
    expect(made.release).toEqual({ red: 'immediate', orange: 'auto-after:600', yellow: 'manual', blue: 'manual' });
    expect(told).toEqual(['513221010001']);
    expect(context.registry.point('513221010001')).toEqual(context.store.pointRows.get('513221010001'));
    expect(context.store.auditRows.at(-1)).toMatchObject({ actor: 'engineer', action: 'hazard-point.created' });
  });

  it('is refused under an unknown rulebook and under a number that is taken, also by two at once', async () => {
    expect(await point({ rulebook: 'nonsense' }).catch(code)).toBe('unknown-rulebook');
    expect(await point({ kind: 'tailings-pond' }).catch(code)).toBe('unknown-rulebook');
    const both = await Promise.all([point(), point().catch(code)]);
    expect(both[1]).toBe('already-exists');
  });

  it('keeps what a patch does not name', async () => {
    await point({ thresholds: [{ rule: 'rain-1h', level: 'red', value: 50 }], release: { red: 'immediate' } });
    const changed = await updatePoint(
      context,
      view,
      '513221010001',
      HazardPointPatch.parse({ name: '新名', release: { yellow: 'immediate' } }),
    );
    expect(changed).toMatchObject({ name: '新名', version: 2, threatenedHouseholds: 3, thresholds: [{ value: 50 }] });
    expect(changed.release).toMatchObject({ red: 'immediate', yellow: 'immediate', orange: 'manual' });
  });

  it('never changes its drill or division, and closes for good', async () => {
    await point({ drill: { wallStart: '2026-11-21T04:00:00Z', eventStart: '2012-05-01T00:00:00Z', speed: 1000 } });
    const change = (patch: object) => updatePoint(context, view, '513221010001', patch).catch(code);
    expect(await change({ drill: { speed: 1 } })).toBe('drill-immutable');
    expect(await change({ drill: null })).toBe('drill-immutable');
    expect(await change({ divisionCode: '513222' })).toBe('invalid-request');
    expect(await change({ version: 7, name: 'x' })).toBe('version-conflict');
    expect(await change({ closed: true })).toMatchObject({ closed: true, drill: { speed: 1000, deliver: 'simulator' } });
    expect(await change({ closed: false })).toBe('illegal-transition');
    expect(await device().catch(code)).toBe('invalid-request');
  });

  it('is grey until something has been said of it', async () => {
    await point();
    expect(statePoint(context, view, '513221010001')).toMatchObject({ level: 'unknown', missing: [{ why: { code: 'not-judged-yet' } }] });
  });

  it('pages through a list without losing or repeating one', async () => {
    for (let n = 0; n < 7; n++) await createPoint(context, view, pointInput(`51322101000${n}`, '513221'));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = listPoints(view, { limit: 3, cursor });
      seen.push(...page.items.map((each) => each.unifiedCode));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen).toHaveLength(7);
    expect(() => listPoints(view, { limit: 3, cursor: '!' })).toThrow(Problem);
  });
});

describe('a device', () => {
  it('gets a secret that is kept only as a keyed hash, and is found by it', async () => {
    await point();
    const { secret } = await device();
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(JSON.stringify([...context.store.deviceRows.values()])).not.toContain(secret);
    expect(JSON.stringify(context.store.auditRows)).not.toContain(secret);
    const reloaded = new RegistryIndex();
    await reloaded.load(context.store.registry);
    for (const registry of [context.registry, reloaded])
      expect(registry.deviceBySecretHash(context.dataKey.deviceSecretHash(secret))).toMatchObject({
        deviceId: 'R1',
        interval: 600,
        divisionCode: '513221',
      });
    expect(reloaded.devicesOf('513221010001')).toHaveLength(1);
    expect(viewDevice(context, context.registry.device('R1')!)).not.toHaveProperty('secretHash');
  });

  it('needs a profile of the catalogue, a free number and a parent at the same point', async () => {
    await point();
    expect(await device('R1', { profile: 'teapot' }).catch(code)).toBe('unknown-profile');
    await device('R1');
    expect(await device('R1').catch(code)).toBe('already-exists');
    expect(await device('R2', { parent: 'nobody' }).catch(code)).toBe('not-found');
    await createPoint(context, view, pointInput('513221010002', '513221'));
    expect(await device('R2', { parent: 'R1', hazardPoint: '513221010002' }).catch(code)).toBe('invalid-request');
    expect(await device('R2', { parent: 'R1', interval: 30 })).toMatchObject({ deviceId: 'R2' });
    const { items } = await listDevices(context, view, { limit: 10, hazardPoint: '513221010001' });
    expect(items.map((each) => each.interval)).toEqual([600, 30]);
  });

  it('is online, stale or offline by its own interval, on the clock of its point', () => {
    const minute = 60_000;
    const after = (ms: number, drill?: Parameters<typeof deviceState>[3]) => deviceState(0, ms, 600, drill);
    expect(deviceState(undefined, 0, 600, undefined)).toBe('unknown');
    expect(after(15 * minute)).toBe('online');
    expect(after(15 * minute + 1)).toBe('stale');
    expect(after(35 * minute)).toBe('stale');
    expect(after(35 * minute + 1)).toBe('offline');
    const drill = { wallStart: new Date(0).toISOString(), eventStart: '1960-01-01T00:00:00Z', speed: 600, deliver: 'simulator' as const };
    expect(after(1_500, drill)).toBe('online');
    expect(after(3_000, drill)).toBe('stale');
    expect(after(3_501, drill)).toBe('offline');
  });

  it('answers readings under the canonical channel with its unit, by default of the last day on its clock', async () => {
    await point({ drill: { wallStart: '2026-11-21T04:00:00Z', eventStart: '2012-05-01T00:00:00Z', speed: 2 } });
    await device();
    context.clock.time += 3_600_000;
    context.store.readingRows.push({
      deviceId: 'R1',
      channel: 'L3_YL_1',
      time: Date.parse('2012-05-01T01:00:00Z'),
      value: 0.1,
      quality: ['late'],
    });
    const series = await readReadings(context, view, 'R1', { channel: 'L3_YL_1.value', limit: 100 });
    expect(series).toEqual({
      channel: 'L3_YL_1',
      unit: 'mm',
      resolution: 'raw',
      readings: [{ time: '2012-05-01T01:00:00.000Z', value: 0.1, quality: ['late'] }],
      nextCursor: null,
    });
    expect(context.store.lastReadingsQuery?.from).toBe(Date.parse('2012-04-30T02:00:00Z'));
  });
});
