import { describe, expect, it } from 'vitest';
import { catalogueOf } from '#libs/contracts';
import { buildFrame, codecOf, parseProfile } from './index.js';
import { contextOf, shippedCatalogue, shippedSamples } from './fakes/shipped.js';

const expected = [
  'accelerometer', 'crack-meter', 'deep-displacement', 'geophone', 'gnss', 'mud-level', 'pore-pressure', 'rain-gauge', 'soil-moisture', 'station',
  'status', 'tailings', 'tiltmeter', 'water-level',
]; // prettier-ignore

describe('the instrument catalogue', () => {
  it('has a profile, and at least one sample, for every instrument', () => {
    expect(
      shippedCatalogue()
        .profiles()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(expected);
    expect([...new Set(shippedSamples().map(({ profile }) => profile))].toSorted()).toEqual(expected);
  });

  it.each(shippedSamples())('reads $profile/samples/$file as it says', ({ profile, sample }) => {
    const codec = codecOf(sample.topic);
    const json = new TextEncoder().encode(JSON.stringify(sample.json));
    const decoded = codec?.(sample.type === null ? json : buildFrame(sample.type, sample.json), contextOf(profile));
    const readings = decoded?.samples.map(({ channel, time, value }) => [
      channel,
      time === null ? null : new Date(time).toISOString(),
      value,
    ]);
    expect(readings).toHaveLength(sample.readings.length);
    expect(readings).toEqual(expect.arrayContaining(sample.readings));
    expect(decoded?.faults.map(({ reason }) => reason)).toEqual(sample.faults ?? []);
  });

  it('lets `station` carry every sensor of every other profile', () => {
    const all = shippedCatalogue()
      .profiles()
      .flatMap((profile) => profile.sensors.map(({ code }) => code));
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
});
