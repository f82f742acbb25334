import { DAY, type WarningLevel } from '#libs/contracts';
import { alarmsOf, lengthOf, overlaps, stretchesOf, type Counted, type LevelStep, type Stretch } from './stretch.js';

/** Something that happened at the point, or may have. */
export interface KnownEvent {
  /** epoch ms */
  at: number;
  /** `unknown`: someone reported it and nobody could say whether it was one. Neither hit nor miss, and a warning near it is neither right nor wrong. */
  outcome: 'event' | 'unknown';
  note?: string;
}

/** What counts as a warning of an event. Stated beside every score, because no score means anything without it. */
export interface EventRule {
  /** Longest time a warning may be in force before an event and still be one of it, ms. Shorter: early warnings are called false. Longer: any warning is right some day. */
  before: number;
  /** How far the time of the event itself is uncertain, ms: a warning that begins this much after it still counts. */
  tolerance: number;
  /** A warning that begins this soon after an event is neither right nor false, ms: instruments of a slope that has failed say anything. */
  after: number;
}

export const defaultEventRule: EventRule = { before: 7 * DAY, tolerance: 0, after: 7 * DAY };

/** What a level of warnings came to at one point, in counts that can be added over points. */
export interface Verification {
  /** Events with a warning in force before them. */
  hits: number;
  misses: number;
  /** Of the misses: the point was grey throughout, so nothing could have warned. */
  blind: number;
  /** Events before the record begins, or so late after its end that nothing of their eve was seen. */
  outside: number;
  /** Events of unknown outcome inside the record. */
  unknownEvents: number;
  falseAlarms: number;
  /** Warnings nobody can judge: near an event of unknown outcome, or the record ends before their time is over. */
  unknownAlarms: number;
  aftermath: number;
  /** Stretches of `before` length without an event: with a false warning in force, and without. */
  quietWithAlarm: number;
  quiet: number;
  /** Lead of each hit, ms: event minus the start of the earliest warning that reaches into its time. */
  leads: number[];
  /** ms with a warning in force, of the time the point could be judged (was not grey). */
  alarmTime: number;
  judgedTime: number;
}

/** Judges the warnings of a level (or stronger) at one point by what is known to have happened. */
export function verify(
  steps: readonly LevelStep[],
  period: Stretch,
  events: readonly KnownEvent[],
  level: WarningLevel,
  counted: Counted,
  rule: EventRule = defaultEventRule,
): Verification {
  const alarms = alarmsOf(steps, period, level, counted);
  const windowOf = ({ at }: KnownEvent): Stretch => ({ from: at - rule.before, to: at + rule.tolerance });
  const inside = events.filter(({ at }) => at >= period.from && at - rule.before < period.to);
  const real = inside.filter(({ outcome }) => outcome === 'event');
  const unsure = inside.filter(({ outcome }) => outcome === 'unknown');
  const grey = stretchesOf(steps, period, (step) => step.level === 'unknown');
  const firstSaid = steps[0]?.at ?? period.to;
  if (firstSaid > period.from) grey.unshift({ from: period.from, to: Math.min(firstSaid, period.to) });

  const result: Verification = {
    hits: 0,
    misses: 0,
    blind: 0,
    outside: events.length - inside.length,
    unknownEvents: unsure.length,
    falseAlarms: 0,
    unknownAlarms: 0,
    aftermath: 0,
    quietWithAlarm: 0,
    quiet: 0,
    leads: [],
    alarmTime: lengthOf(alarms),
    judgedTime: period.to - period.from - lengthOf(grey),
  };
  for (const event of real) {
    const warned = alarms.filter((alarm) => overlaps(alarm, windowOf(event)));
    const [earliest] = warned;
    if (earliest) {
      result.hits += 1;
      result.leads.push(event.at - earliest.from);
    } else {
      result.misses += 1;
      if (isBlind(grey, windowOf(event), period)) result.blind += 1;
    }
  }
  const falseOnes: Stretch[] = [];
  for (const alarm of alarms) {
    if (real.some((event) => overlaps(alarm, windowOf(event)))) continue;
    if (unsure.some((event) => overlaps(alarm, windowOf(event))) || alarm.to + rule.before > period.to) result.unknownAlarms += 1;
    else if (real.some(({ at }) => alarm.from > at && alarm.from <= at + rule.after)) result.aftermath += 1;
    else falseOnes.push(alarm);
  }
  result.falseAlarms = falseOnes.length;
  countQuiet(result, falseOnes, inside, period, rule);
  return result;
}

const isBlind = (grey: readonly Stretch[], window: Stretch, period: Stretch): boolean =>
  grey.some(({ from, to }) => from <= Math.max(window.from, period.from) && to >= Math.min(window.to, period.to));

/** Quiet time is cut into pieces as long as a warning may be early, so that a piece and an event weigh the same. */
function countQuiet(result: Verification, falseOnes: readonly Stretch[], events: readonly KnownEvent[], period: Stretch, rule: EventRule) {
  for (let from = period.from; from + rule.before <= period.to; from += rule.before) {
    const piece = { from, to: from + rule.before };
    if (events.some(({ at }) => at - rule.before < piece.to && at + Math.max(rule.tolerance, rule.after) > piece.from)) continue;
    result.quiet += 1;
    if (falseOnes.some((alarm) => alarm.from < piece.to && (alarm.to > piece.from || alarm.from >= piece.from))) result.quietWithAlarm += 1;
  }
}
