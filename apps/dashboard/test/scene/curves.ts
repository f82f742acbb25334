import { why, type IndicatorSeries, type IndicatorValue, type PointLevel, type PointState } from '#libs/contracts';
import { bootAt, hour, iso } from './clock.js';
import { levels } from './county.js';

/** A slope that creeps, then fails: displacement ∝ −ln(time to failure), as at Preonzo. Progress 0…1. */
export function displacement(progress: number): number {
  return 20 + progress * 90 - 160 * Math.log(Math.max(0.0008, 1 - progress));
}
const noise = (n: number): number => Math.sin(n * 12.9898) * 0.5 + Math.sin(n * 78.233) * 0.5;

/** Value of a channel, `msAgo` before now (event time of the drill for its devices). */
export function valueAt(index: number, n: number, progress: number): number {
  if (index === 0) return displacement(progress);
  if (index <= 3) return displacement(Math.max(0, progress - 0.004)) * [0.84, 0.47, -0.28][index - 1]! + noise(n + index) * 4;
  if (index === 6) return 6 + progress * 26 + noise(n) * 0.25;
  if (index === 7) return Math.max(0, (noise(n) + 0.6) * 4.2 * progress);
  if (index === 8) return 0.42 + progress * 0.6 + noise(n) * 0.03;
  return 18 + progress * 42 + noise(n + index) * 1.4;
}

const indicator = (over: Partial<IndicatorValue> & Pick<IndicatorValue, 'id' | 'detector'>): IndicatorValue => ({
  value: null,
  unit: 'mm',
  at: iso(),
  thresholds: {},
  ...over,
});
export function indicators(code: string, progress: number): IndicatorValue[] {
  const drill = code === '5132210100001';
  const [a, b] = drill ? ['EXT-P1', 'GNSS-P2'] : ['LF-2203', '17165802'];
  const speed = drill ? 2.1 / Math.max(0.012, 1 - progress) : 6.4;
  return [
    indicator({
      id: 'change-1h',
      detector: 'change',
      deviceId: a,
      channel: 'L1_LF_1',
      value: speed / 4,
      thresholds: { blue: 5, yellow: 10, orange: 20, red: 40 },
      title: { zh: '裂缝 1 小时变化', en: 'Crack, change in 1 h' },
    }),
    indicator({
      id: 'velocity',
      detector: 'velocity',
      deviceId: a,
      channel: 'L1_LF_1',
      value: speed,
      unit: 'mm/d',
      thresholds: { blue: 5, yellow: 10, orange: 50, red: 120 },
      title: { zh: '位移速率', en: 'Velocity' },
    }),
    indicator({
      id: 'tangent',
      detector: 'tangent',
      deviceId: b,
      channel: 'L1_GP_1',
      value: 45 + 42 * progress,
      unit: '°',
      thresholds: { yellow: 80, orange: 83, red: 85 },
    }),
    indicator({
      id: 'rain-24h',
      detector: 'rain',
      value: null,
      unit: 'mm',
      thresholds: { yellow: 50, orange: 100 },
      why: why('silent'),
    }),
  ];
}
/** Curves of the indicators up to now: a sample an hour for a week. */
export const series = (code: string, progress: number): IndicatorSeries[] =>
  indicators(code, progress).map((one) => ({
    ...one,
    thinned: false,
    samples: Array.from({ length: one.value === null ? 0 : 168 }, (_, i): [number, number] => [
      bootAt - (167 - i) * hour,
      indicators(code, (progress * i) / 167).find(({ id }) => id === one.id)?.value ?? 0,
    ]),
  }));
export function stateOf(code: string, progress: number, level: PointLevel = levels[code] ?? 'unknown'): PointState {
  return {
    hazardPoint: code,
    level,
    certainty: level === 'none' || level === 'unknown' ? null : 'confirmed',
    confirmedLevel: level,
    rule: { id: 'landslide', version: '3f9c2ab017de' },
    judgedTo: 4_812,
    eventAt: iso(3_000),
    indicators: indicators(code, progress),
    missing: [{ indicator: 'rain-24h', why: why('no-data') }],
  };
}
