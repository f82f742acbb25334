import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromIso, MINUTE, SECOND } from '#libs/contracts';
import { StaLtaDetector } from './sta-lta.js';

/** Recordings that may not be shipped (README of the data): the specs run where they are and say so where they are not. */
const data = process.env['WANGSHAN_DATA'];
const folder = `${data}/illgraben_seismic_2019`;
if (!data) console.log('illgraben.spec: skipped, WANGSHAN_DATA names no folder with illgraben_seismic_2019');

function recording(day: string) {
  const name = readdirSync(folder).find((file) => file.includes(day)) ?? '';
  const [, date, h, m, s] = /_(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)_/.exec(name) ?? [];
  const samples = readFileSync(`${folder}/${name}`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  return {
    /** When the front passed the lower check dam. */
    front: fromIso(`${date}T${h}:${m}:${s}Z`),
    samples: samples.map(([time, , difference]) => [fromIso(`${time}Z`), Number(difference)] as const),
  };
}
const make = () =>
  new StaLtaDetector({ sta: 60 * SECOND, lta: 1800 * SECOND, trigger: 4, hold: 120 * SECOND, dead: 60 * SECOND, scale: 'amplitude' });

describe.skipIf(!data)('STA/LTA on the debris flows of Illgraben 2019', () => {
  it.each([
    ['2019-07-26', 6.6],
    ['2019-08-11', 8],
  ] as const)('%s: triggers %d minutes before the front and at no other time', (day, lead) => {
    const { front, samples } = recording(day);
    const detector = make();
    const began: number[] = [];
    let triggered = 0;
    for (const [time, value] of samples) {
      detector.feed(time, value);
      const now = detector.detail?.triggered ?? 0;
      if (now > triggered) began.push(time);
      triggered = now;
    }
    console.log(`illgraben ${day}: triggers ${began.map((at) => ((front - at) / MINUTE).toFixed(1)).join(', ')} min before the front`);
    expect((front - (began[0] ?? front)) / MINUTE).toBeGreaterThan(lead);
    expect(began).toHaveLength(1);
  });
  it('2019-07-02: says within a minute that the channel is dead; when it comes alive at midnight it learns for half an hour and never triggers', () => {
    const detector = make();
    const midnight = fromIso('2019-07-03T00:00:00Z');
    let dead: number | undefined;
    let began = 0;
    for (const [time, value] of recording('2019-07-02').samples) {
      detector.feed(time, value);
      began ||= time;
      if (detector.why === 'dead-channel') dead ??= time;
      if (time < midnight + 30 * MINUTE) expect(detector.value).toBeNull();
      expect(detector.detail?.triggered ?? 0).toBe(0);
    }
    expect((dead ?? Number.POSITIVE_INFINITY) - began).toBeLessThanOrEqual(MINUTE);
  });
});
