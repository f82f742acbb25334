import { DAY } from '#libs/contracts';
import { difference, quantile, rate, wilson, type Share } from './interval.js';
import type { Verification } from './verify.js';

const YEAR = 365.25 * DAY;

/** Measures of warnings against events (algorithms.md §2.6), each with a 95 % interval: events are few. */
export interface Score extends Omit<Verification, 'leads' | 'alarmTime' | 'judgedTime'> {
  /** Probability of detection: hits of all events. */
  pod: Share;
  /** False alarm ratio: false warnings of all warnings that can be judged (several warnings of one event count once). */
  far: Share;
  /** Critical success index: hits of hits, misses and false warnings. */
  csi: Share;
  /** Probability of false detection: quiet stretches with a false warning. */
  pofd: Share;
  /** True skill statistic: pod − pofd. */
  tss: Share;
  falseAlarmsPerStationYear: Share;
  stationYears: number;
  /** Share of the judged time with a warning in force. */
  timeInAlarm: number | null;
  /** Seconds; null without a hit. */
  lead: { median: number | null; p10: number | null; least: number | null };
}

/** Adds up the verifications of any number of points. */
export function scoreOf(all: readonly Verification[]): Score {
  const sum = (of: (one: Verification) => number): number => all.reduce((total, one) => total + of(one), 0);
  const counts = {
    hits: sum(({ hits }) => hits),
    misses: sum(({ misses }) => misses),
    blind: sum(({ blind }) => blind),
    outside: sum(({ outside }) => outside),
    unknownEvents: sum(({ unknownEvents }) => unknownEvents),
    falseAlarms: sum(({ falseAlarms }) => falseAlarms),
    unknownAlarms: sum(({ unknownAlarms }) => unknownAlarms),
    aftermath: sum(({ aftermath }) => aftermath),
    quietWithAlarm: sum(({ quietWithAlarm }) => quietWithAlarm),
    quiet: sum(({ quiet }) => quiet),
  };
  const judged = sum(({ judgedTime }) => judgedTime);
  const leads = all.flatMap((one) => one.leads.map((lead) => lead / 1000)).toSorted((a, b) => a - b);
  const { hits, misses, falseAlarms, quietWithAlarm, quiet } = counts;
  const pod = wilson(hits, hits + misses);
  const pofd = wilson(quietWithAlarm, quiet);
  return {
    ...counts,
    pod,
    far: wilson(falseAlarms, hits + falseAlarms),
    csi: wilson(hits, hits + misses + falseAlarms),
    pofd,
    tss: difference(pod, pofd),
    falseAlarmsPerStationYear: rate(falseAlarms, judged / YEAR),
    stationYears: judged / YEAR,
    timeInAlarm: judged > 0 ? sum(({ alarmTime }) => alarmTime) / judged : null,
    lead: { median: quantile(leads, 0.5), p10: quantile(leads, 0.1), least: leads[0] ?? null },
  };
}
