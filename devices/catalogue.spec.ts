import { describe, expect, it } from 'vitest';
import { catalogueOf } from '#libs/contracts';
import { contextOf, payloadOf, shippedCatalogue, shippedSamples } from './fakes/shipped.js';
import { codecOf, parseProduct, parseProfile } from './index.js';

/** Ids other systems rely on. */
const promised = [
  'gnss', 'crack-meter', 'tiltmeter', 'accelerometer', 'rain-gauge', 'soil-moisture', 'pore-pressure', 'deep-displacement',
  'mud-level', 'water-level', 'geophone', 'tailings', 'station',
]; // prettier-ignore
/** Not of the national code list, most of them read from other wires, where their samples are: what no `station` carries. */
const otherWires = new Set(['sl651-station', 'mine-environment', 'rain-forecast']);
const instruments = shippedCatalogue()
  .profiles()
  .filter(({ id }) => !otherWires.has(id));

describe('the instrument catalogue', () => {
  it('has every promised profile', () => {
    const ids = instruments.map(({ id }) => id);
    expect(promised.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('shows a sample of every instrument, every product and every sensor', () => {
    const shown = shippedSamples();
    expect(instruments.map(({ id }) => id).filter((id) => !shown.some(({ profile }) => profile === id))).toEqual([]);
    const channels = shown.flatMap(({ sample }) => sample.readings.map(([channel]) => channel));
    const codes = new Set(instruments.flatMap(({ sensors }) => sensors.map(({ code }) => code)));
    expect([...codes].filter((code) => !channels.some((channel) => channel.startsWith(`${code}_`)))).toEqual([]);
  });

  it.each(shippedSamples())('reads $file as it says', ({ profile, sample }) => {
    const decoded = codecOf(sample.topic)?.(payloadOf(sample), contextOf(profile, {}, sample.site));
    const readings = decoded?.samples.map(({ channel, time, value, quality = [] }) => [
      channel,
      time === null ? null : new Date(time).toISOString(),
      value,
      ...quality,
    ]);
    expect(readings).toHaveLength(sample.readings.length);
    expect(readings).toEqual(expect.arrayContaining(sample.readings));
    expect(decoded?.faults.map(({ reason }) => reason)).toEqual(sample.faults ?? []);
  });

  it('lets `station` carry every sensor of every other profile', () => {
    const all = instruments.flatMap((profile) => profile.sensors.map(({ code }) => code));
    const station = new Set(
      shippedCatalogue()
        .profile('station')
        ?.sensors.map(({ code }) => code),
    );
    expect([...new Set(all)].filter((code) => !station.has(code))).toEqual([]);
  });

  it('finds fields by channel, by alias and inside maps, and nothing else', () => {
    const profile = shippedCatalogue().profile('station');
    expect(profile?.field('L1_LF_1')?.unit).toBe('mm');
    expect(profile?.field('L3_DB_2.temp')?.unit).toBe('°C');
    expect(profile?.field('L1_QJ_1.trend')?.name).toBe('AZI');
    expect(profile?.field('S1_ZT_1.sensor_state.L1_LF_1')?.name).toBe('sensor_state');
    for (const unknown of [
      'L1_LF',
      'L1_LF_0',
      'L1_LF_x',
      'L1_LF_1.nothing',
      'S1_ZT_1.sensor_state',
      'L1_LF_1.value.x',
      '',
      '.',
      '_1',
      'constructor_1',
    ])
      expect([unknown, profile?.field(unknown)]).toEqual([unknown, undefined]);
  });

  it('refuses a profile with a unit outside the closed list, a field twice, or a text order of unknown fields', () => {
    const field = { name: 'value', title: { zh: '值', en: 'value' }, unit: 'mm', range: [0, 1] };
    const profile = {
      id: 'x-meter',
      title: { zh: '仪', en: 'x' },
      interval: 60,
      sensors: [{ code: 'L1_XX', title: { zh: '仪', en: 'x' }, fields: [field] }],
    };
    const sensor = profile.sensors[0];
    expect(parseProfile(profile).time).toEqual({ marked: 'utc', unmarked: 'local' });
    expect(() => parseProfile({ ...profile, sensors: [{ ...sensor, fields: [{ ...field, unit: 'inch' }] }] })).toThrow(/unit/);
    expect(() => parseProfile({ ...profile, sensors: [{ ...sensor, fields: [field, field] }] })).toThrow(/twice/);
    expect(() => parseProfile({ ...profile, sensors: [{ ...sensor, csv: ['other'] }] })).toThrow(/csv names other/);
    expect(() => catalogueOf([parseProfile({ ...profile, extends: ['nobody'] })])).toThrow(/extends nobody/);
    expect(() => catalogueOf([parseProfile({ ...profile, extends: ['x-meter'] })])).toThrow(/extends itself/);
  });

  it('reads under a product what it sends, and under ours what it is', () => {
    const reader = shippedCatalogue().profile('tiltmeter-mounted-across')?.reader('L1_QJ_2');
    expect([reader?.field('trend')?.channel, reader?.field('AZI'), reader?.field('X')?.channel]).toEqual([
      'L1_QJ_2.AZI',
      undefined,
      'L1_QJ_2.Y',
    ]);
    expect(shippedCatalogue().profile('tiltmeter-mounted-across')?.field('L1_QJ_2.AZI')?.unit).toBe('°');
    const station = shippedCatalogue().profile('station-text');
    expect([station?.reader('L2_LF_9')?.code, station?.reader('L1_LF_9')?.code]).toEqual(['L1_LF_9', 'L1_LF_9']);
    expect(station?.reader('L2_LF_9')).toBe(station?.reader('L2_LF_9'));
    for (const unknown of ['L2_LF', 'L2_LF_0', 'L2_LF_1000', '__proto___1', 'toString_1'])
      expect([unknown, station?.reader(unknown)]).toEqual([unknown, undefined]);
  });

  it('refuses a product that maps what its profile does not have', () => {
    const field = { name: 'value', title: { zh: '值', en: 'value' }, unit: 'mm', range: [0, 1] };
    const sensors = [{ code: 'L1_XX', title: { zh: '仪', en: 'x' }, fields: [field] }];
    const profile = parseProfile({ id: 'x-meter', title: { zh: '仪', en: 'x' }, interval: 60, sensors });
    const made = (more: object) => () =>
      catalogueOf([profile], [parseProduct({ id: 'x-made', title: { zh: '仪', en: 'x' }, of: 'x-meter', ...more })]);
    expect(
      made({ codes: { L2_XX: 'L1_XX' } })()
        .profile('x-made')
        ?.reader('L2_XX_1')?.code,
    ).toBe('L1_XX_1');
    expect(made({ of: 'nobody' })).toThrow(/nobody/);
    expect(made({ id: 'x-meter' })).toThrow(/same id x-meter/);
    expect(made({ codes: { L2_XX: 'L1_YY' } })).toThrow(/L1_YY/);
    expect(made({ sensors: { L1_XX: { fields: { other: { factor: 2 } } } } })).toThrow(/L1_XX.other is no field/);
    expect(made({ sensors: { L1_XX: { csv: ['other'] } } })).toThrow(/names other/);
    expect(made({ sensors: { L1_XX: { fields: { value: { factor: 0 } } } } })).toThrow(/factor/);
  });
});
