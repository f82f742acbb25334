import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue';
import { useLive } from '../live/live.store.js';
import { Series } from '../live/series.js';
import { call } from '../station/api.js';
import type { ChannelEntry } from './channels.js';

/** How far back a page looks: from that moment, or the newest 24 hours of the point's clock. */
export interface HistoryRange {
  from?: string;
}
/** Points asked for a curve: about two a pixel of a wide chart; the station keeps the extremes. */
const historyPoints = 2_000;

/** Curves of some channels: history first, then every live value. Samples stay outside reactivity. */
export function useCurves(channels: Ref<readonly ChannelEntry[]>, range: Ref<HistoryRange>) {
  const live = useLive();
  const series = new Map<number, Series>();
  const listeners = new Set<() => void>();
  const error = shallowRef<unknown>(null);
  const thinned = shallowRef(false);
  let asked = 0;

  const of = (index: number): Series => {
    let one = series.get(index);
    if (!one) series.set(index, (one = new Series()));
    return one;
  };
  const changed = (): void => listeners.forEach((listener) => listener());

  async function load(entries: readonly ChannelEntry[]): Promise<void> {
    const mine = (asked += 1);
    error.value = null;
    for (const one of series.values()) one.clear();
    const answers = await Promise.allSettled(
      entries.map(async (entry) => {
        const { readings, resolution } = await call('getDeviceReadings', {
          params: { id: entry.deviceId },
          query: { channel: entry.channel, points: historyPoints, ...range.value },
        });
        if (mine !== asked) return;
        const curve = of(entry.index);
        for (const reading of readings) curve.add(Date.parse(reading.time), reading.value);
        if (resolution !== 'raw' || readings.length >= historyPoints) thinned.value = true;
        changed();
      }),
    );
    if (mine !== asked) return;
    error.value = answers.find((answer) => answer.status === 'rejected')?.reason ?? null;
  }

  const stop = live.onFrameValues((values) => {
    let any = false;
    for (const [index, time, value] of values) {
      const curve = series.get(index);
      if (!curve) continue;
      curve.add(time, value);
      any = true;
    }
    if (any) changed();
  });
  onBeforeUnmount(stop);
  watch(
    [() => channels.value.map((entry) => entry.index).join(), range],
    () => {
      for (const entry of channels.value) of(entry.index);
      void load(channels.value);
    },
    { immediate: true },
  );

  return {
    of,
    error,
    thinned,
    /** From the first to the last sample of any curve, epoch ms; null without one. */
    extent(): { from: number; to: number } | null {
      let from = Infinity;
      let to = -Infinity;
      for (const one of series.values()) {
        from = Math.min(from, one.times[0] ?? Infinity);
        to = Math.max(to, one.times.at(-1) ?? -Infinity);
      }
      return to > from ? { from, to } : null;
    },
    /** Calls back when samples have come, at most once an animation frame for live ones. */
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
export type Curves = Pick<ReturnType<typeof useCurves>, 'of' | 'subscribe'>;
