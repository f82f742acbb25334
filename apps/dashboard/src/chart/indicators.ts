import type { IndicatorSeries, PointState, PointUpdate } from '#libs/contracts';
import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue';
import { useLive } from '../live/live.store.js';
import { Series } from '../live/series.js';
import { call } from '../station/api.js';
import type { ChartGroup } from './channels.js';
import type { Curves } from './curves.js';

type Indicator = Omit<IndicatorSeries, 'samples'>;
type Key = Pick<IndicatorSeries, 'id' | 'deviceId' | 'channel'>;

export interface IndicatorChart {
  group: ChartGroup;
  indicator: Indicator;
  thinned: boolean;
}

/** Detectors whose value is the reading itself, or a count of silent intervals: their curve is on the chart of the readings, or says nothing. */
const withoutCurve: ReadonlySet<string> = new Set(['level', 'silence']);

const keyOf = ({ id, deviceId, channel }: Key): string => `${id}|${deviceId ?? ''}|${channel ?? ''}`;

/**
 * One chart an indicator, with a curve for each series it is computed of, in the order of the rulebook. Two velocities of the same
 * values (a second rule on the same curve) are one chart.
 */
export function indicatorCharts(all: readonly Indicator[], order: readonly Key[], hazardPoint: string): IndicatorChart[] {
  const place = new Map(order.map((one, i) => [keyOf(one), i]));
  const sorted = all
    .map((indicator, index) => ({ indicator, index }))
    .filter(({ indicator }) => !withoutCurve.has(indicator.detector) && Object.keys(indicator.thresholds).length > 0)
    .toSorted((a, b) => (place.get(keyOf(a.indicator)) ?? a.index) - (place.get(keyOf(b.indicator)) ?? b.index));
  const charts = new Map<string, IndicatorChart>();
  for (const { indicator, index } of sorted) {
    const { id, unit, deviceId = '', channel = '' } = indicator;
    const chart = charts.get(id) ?? {
      indicator,
      thinned: false,
      group: { id: `indicator ${id}`, sensor: id, field: '', unit, style: 'line', curves: [] },
    };
    chart.group.curves.push({ index, deviceId, channel, unit, hazardPoint });
    chart.thinned ||= indicator.thinned;
    charts.set(id, chart);
  }
  const values = (chart: IndicatorChart): string =>
    JSON.stringify(chart.group.curves.map(({ index, deviceId, channel }) => [deviceId, channel, all[index]?.value]));
  const list = [...charts.values()];
  return list.filter(
    (chart, i) =>
      chart.indicator.detector !== 'velocity' ||
      !list.slice(0, i).some((other) => other.indicator.detector === 'velocity' && values(other) === values(chart)),
  );
}

/** The indicators of one point, live: their curves so far, then every new sample, and the state the station last judged. */
export function useIndicators(code: Ref<string>) {
  const live = useLive();
  const list = shallowRef<Indicator[]>([]);
  const state = shallowRef<PointState | null>(null);
  const error = shallowRef<unknown>(null);
  const series = new Map<string, Series>();
  const listeners = new Set<() => void>();
  let asked = 0;

  const seriesOf = (key: string): Series => {
    let one = series.get(key);
    if (!one) series.set(key, (one = new Series(4_000)));
    return one;
  };
  function add(key: string, samples: readonly (readonly [number, number])[]): void {
    const one = seriesOf(key);
    for (const [time, value] of samples) one.add(time, value);
  }
  const changed = (): void => listeners.forEach((listener) => listener());

  async function load(): Promise<void> {
    const mine = (asked += 1);
    try {
      const { items } = await call('listHazardPointIndicators', { params: { unifiedCode: code.value }, query: { limit: 1000 } });
      if (mine !== asked) return;
      error.value = null;
      list.value = items.map(({ samples, ...indicator }) => {
        add(keyOf(indicator), samples);
        return indicator;
      });
    } catch (failure) {
      if (mine === asked) error.value = failure;
    }
    changed();
  }

  function update({ state: judged, series: news }: PointUpdate): void {
    state.value = judged;
    for (const one of news) add(keyOf(one), one.samples);
    // An instrument that was not there before: what it is, is asked for.
    if (news.some((one) => !list.value.some((known) => keyOf(known) === keyOf(one)))) void load();
    changed();
  }

  let stop: () => void = () => undefined;
  watch(
    code,
    (hazardPoint) => {
      stop();
      series.clear();
      list.value = [];
      state.value = null;
      stop = live.watchPoint(hazardPoint, { begin: () => void load(), update });
    },
    { immediate: true },
  );
  onBeforeUnmount(() => stop());

  const curves: Curves = {
    of(index) {
      const indicator = list.value[index];
      return seriesOf(indicator ? keyOf(indicator) : '');
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { list, state, error, curves };
}
