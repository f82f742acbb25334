import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAY, fromIso, HOUR } from '#libs/contracts';
import type { Detector } from '../detector.js';
import { AntecedentRainDetector } from './antecedent-rain.js';
import { EffectiveRainDetector } from './effective-rain.js';
import { publishedCurves } from './id-curves.js';
import { IntensityDurationDetector } from './intensity-duration.js';
import { RainDetector } from './rain.js';
import { SoilWaterIndexDetector } from './soil-water-index.js';

/** Recordings that may not all be shipped (README of the data): the specs run where they are and say so where they are not. */
const data = process.env['WANGSHAN_DATA'];
if (!data)
  console.log('recorded-skill.spec: skipped, WANGSHAN_DATA names no folder with usgs_mukilteo, sitka_rainfall, brazil_rain_landslides');

const lines = (file: string) => readFileSync(`${data}/${file}`, 'utf8').trim().split(/\r?\n/);
interface DayOf {
  greatest: number;
  slide: boolean;
}
function counts(days: readonly DayOf[], threshold: number) {
  const hit = days.filter(({ greatest }) => greatest >= threshold);
  const tp = hit.filter(({ slide }) => slide).length;
  return { tp, fp: hit.length - tp, fn: days.filter(({ slide }) => slide).length - tp };
}
/** Share of pairs of a slide day and a quiet day in which the slide day has the greater value. */
function areaUnderCurve(days: readonly DayOf[]): number {
  const quiet = days.filter(({ slide }) => !slide);
  const slides = days.filter(({ slide }) => slide);
  const above = slides.reduce(
    (sum, one) => sum + quiet.reduce((n, other) => n + (one.greatest > other.greatest ? 1 : one.greatest === other.greatest ? 0.5 : 0), 0),
    0,
  );
  return above / (slides.length * quiet.length);
}

describe.skipIf(!data)('rain detectors on the slide days of Mukilteo 2010–2011 (hourly rain, 11 days)', () => {
  function days(station: string, detector: Detector): DayOf[] {
    const slides = new Set(
      lines('usgs_mukilteo/test_hourly_rain/dates2011Muk.txt').map((text) => {
        const [month, day, year] = text.trim().split('/');
        return `${year}-${month}-${day}`;
      }),
    );
    const greatest = new Map<string, number>();
    for (const line of lines(`usgs_mukilteo/test_hourly_rain/${station}_t.txt`)) {
      const [, y, m, d, h, rain] = /^\d\d(\d{4})(\d\d)(\d\d)(\d\d)(.{3})/.exec(line) ?? [];
      // Hundredths of an inch; below 0 a missing hour.
      const hundredths = Number(rain);
      if (!(hundredths >= 0)) continue;
      detector.feed(fromIso(`${y}-${m}-${d}T00:00:00Z`) + Number(h) * HOUR, hundredths * 0.254);
      const day = `${y}-${m}-${d}`;
      greatest.set(day, Math.max(greatest.get(day) ?? 0, detector.value ?? 0));
    }
    return [...greatest].map(([day, value]) => ({ greatest: value, slide: slides.has(day) }));
  }
  const line = { source: 'increments', recentHours: 72, beforeHours: 360, intercept: 88.9, slope: 0.67 } as const;
  it.each([
    // With no floor it is the line of the USGS program, which finds 6 with 25 false at KBFI and 4 with 25 at KPAE (whose record lacks 36 times
    // some hours: rain over them is spread by time here, and left out by line there).
    ['KBFI', 0.001, { tp: 6, fp: 25, fn: 5 }],
    ['KPAE', 0.001, { tp: 4, fp: 24, fn: 7 }],
    // Five millimetres as the least that is critical take away false days, and no slide.
    ['KBFI', 5, { tp: 6, fp: 25, fn: 5 }],
    ['KPAE', 5, { tp: 4, fp: 19, fn: 7 }],
  ] as const)('%s: P3 against P15, at least %d mm', (station, least, want) => {
    const found = counts(days(station, new AntecedentRainDetector({ ...line, least })), 1);
    console.log(`mukilteo ${station} P3/P15, at least ${least} mm: ${JSON.stringify(found)}`);
    expect(found).toEqual(want);
  });
  it.each([
    ['KPAE', 0.931],
    ['KBFI', 0.925],
    ['KSEA', 0.904],
  ] as const)('%s: the soil water index orders days as another implementation does (AUC %d)', (station, want) => {
    const all = days(station, new SoilWaterIndexDetector('increments', 30 * DAY));
    const [area, found] = [areaUnderCurve(all), counts(all, 25.5)];
    console.log(`mukilteo ${station} SWI: AUC ${area.toFixed(3)}, at 25.5 mm ${JSON.stringify(found)}`);
    expect(area).toBeCloseTo(want, 2);
  });
  it('what intensity–duration and effective rain do on the same days', () => {
    for (const station of ['KBFI', 'KPAE']) {
      const effective = days(station, new EffectiveRainDetector('increments', 0.84));
      console.log(`mukilteo ${station} effective rain 0.84: AUC ${areaUnderCurve(effective).toFixed(3)}`);
      expect(areaUnderCurve(effective)).toBeGreaterThan(0.85);
      for (const curve of ['caine-1980', 'guzzetti-2008', 'usgs-seattle'] as const) {
        const options = { source: 'increments', curve: publishedCurves[curve], separation: 6 * HOUR, limit: 0.2 } as const;
        const all = days(station, new IntensityDurationDetector(options));
        console.log(`mukilteo ${station} ${curve}: AUC ${areaUnderCurve(all).toFixed(3)}, at 1 ${JSON.stringify(counts(all, 1))}`);
        expect(areaUnderCurve(all)).toBeGreaterThan(0.5);
      }
    }
  });
});

describe.skipIf(!data)('three-hour rain on the slide days of Sitka 2010–2020', () => {
  /** p = 1/(1 + e^(13.7821 − 0.4294·R)) of the town's own warning page, solved for R. */
  const rainAt = (p: number) => (13.7821 + Math.log(p / (1 - p))) / 0.4294;
  it.each([
    ['medium', 0.01, 21.4, { tp: 5, fp: 18, fn: 0 }],
    ['high', 0.7, 34.1, { tp: 3, fp: 0, fn: 2 }],
  ] as const)('%s: p > %d is %d mm in 3 h', (_, p, mm, want) => {
    expect(rainAt(p)).toBeCloseTo(mm, 1);
    // The record has each day's greatest three hours: as one sample of three hours a day.
    const days = lines('sitka_rainfall/sitka_daily_max3h.csv')
      .slice(1)
      .map((line): DayOf => {
        const [day, event, , rain] = line.split(',');
        const detector = new RainDetector(3 * HOUR, 'increments');
        detector.feed(fromIso(`${day}T09:00:00Z`), 0);
        detector.feed(fromIso(`${day}T12:00:00Z`), Number(rain));
        return { greatest: detector.value ?? 0, slide: event === '1' };
      });
    const found = counts(days, rainAt(p));
    console.log(`sitka 3 h ≥ ${rainAt(p).toFixed(1)} mm: ${JSON.stringify(found)}`);
    expect(found).toEqual(want);
  });
});

describe.skipIf(!data)('daily rain on the 233 slide days of Serra do Mar 2000–2016', () => {
  const slides = () =>
    new Set(
      lines('brazil_rain_landslides/landslides.csv')
        .slice(1)
        .map((line) => line.split(';')[0]?.split('/').toReversed().join('-')),
    );
  function days(detector: Detector): DayOf[] {
    const slide = slides();
    return lines('brazil_rain_landslides/reshaped_data.csv')
      .slice(1)
      .map((line) => {
        const [day, rain] = line.split(',');
        detector.feed(fromIso(`${day}T00:00:00Z`) + DAY, Number(rain));
        return { greatest: detector.value ?? 0, slide: slide.has(day) };
      });
  }
  it.each([
    [0.7, 0.815],
    [0.84, 0.813],
    [0.9, 0.805],
  ])('effective rain with K = %d orders days as another implementation does (AUC %d)', (k, want) => {
    const area = areaUnderCurve(days(new EffectiveRainDetector('increments', k)));
    console.log(`serra do mar effective rain ${k}: AUC ${area.toFixed(3)}`);
    expect(area).toBeCloseTo(want, 2);
  });
  it('three days of rain ≥ 98 mm find a third of the days, and twice as many false ones', () => {
    const all = days(new RainDetector(3 * DAY, 'increments'));
    console.log(`serra do mar 3 d: AUC ${areaUnderCurve(all).toFixed(3)}, at 98 mm ${JSON.stringify(counts(all, 98))}`);
    expect(areaUnderCurve(all)).toBeCloseTo(0.802, 2);
    // 168 with the first three days of the record, whose rain nobody saw begin.
    expect(counts(all, 98)).toMatchObject({ tp: 79, fp: 165 });
  });
});
