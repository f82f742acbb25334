import { toIso, type PointDecision, type PointState, type StoredReading } from '#libs/contracts';
import { PointEvaluator } from '../point/point-evaluator.js';
import { warmFrom } from '../point/point-memory.js';
import type { Rulebook } from '../rulebook/rulebook.js';
import type { RuleCase } from './case-file.js';

/** Cases have no year of their own; a fixed one keeps them the same for ever. */
const start = 1_782_864_000_000; // 2026-07-01T00:00:00Z

type Step = { at: number; order: number } & (
  { reading: StoredReading } | { restart: true } | { expect: RuleCase['expect'][number] } | { tick: true }
);

/**
 * Runs one case over a rulebook, on the case's own clock.
 * @returns what went wrong, one line a fault, empty when the case holds
 */
export async function runCase(rulebook: Rulebook, given: RuleCase): Promise<string[]> {
  const faults: string[] = [];
  const intervals = intervalsOf(given);
  const make = () =>
    new PointEvaluator({
      rulebook,
      point: {
        unifiedCode: 'CASE0001',
        thresholds: given.thresholds,
        mainSlideDirection: given.mainSlideDirection,
        slopeHeight: given.slopeHeight,
        damGrade: given.damGrade,
      },
      devices: [...intervals].map(([deviceId, interval]) => ({ deviceId, interval })),
    });
  let evaluator = make();
  let last: PointDecision | null = null;
  const judged: StoredReading[] = [];
  const decide = async (at: number) => {
    const decision = await evaluator.decide();
    if (!decision) return;
    last = decision;
    const { level, confirmedLevel } = decision;
    if (given.never.some((never) => never === level)) faults.push(`at ${offset(at)}: ${level}, which must never be`);
    if (given['never-confirmed'].some((never) => never === confirmedLevel))
      faults.push(`at ${offset(at)}: ${confirmedLevel} confirmed, which must never be`);
  };

  for (const step of stepsOf(given)) {
    if ('restart' in step) {
      const memory: unknown = JSON.parse(JSON.stringify(evaluator.snapshot()));
      const from = warmFrom(memory, evaluator.horizon(), start + step.at);
      evaluator = make();
      for (const reading of judged) if (reading.time >= from) evaluator.warm(reading);
      if (!evaluator.restore(memory)) faults.push(`at ${offset(step.at)}: the snapshot could not be restored`);
    } else if ('reading' in step) {
      if (evaluator.feed(step.reading)) await decide(step.at);
      judged.push(step.reading);
    } else {
      if (evaluator.tick(start + step.at)) await decide(step.at);
      if ('expect' in step) faults.push(...compare(step.expect, evaluator.picture(judged.length), last));
    }
  }
  return faults;
}

function stepsOf(given: RuleCase): Step[] {
  const steps: Step[] = [];
  let seq = 0;
  for (const series of given.series)
    series.values.forEach((value, index) => {
      if (value === null) return;
      const time = series.from + index * series.every;
      const at = series.arrives ?? time;
      const quality = series.arrives === undefined ? series.flags : [...series.flags, 'late' as const];
      const reading = { deviceId: series.device, hazardPoint: 'CASE0001', channel: series.channel, value, quality, seq: 0 };
      steps.push({ at, order: 1, reading: { ...reading, time: start + time, receivedAt: start + at } });
    });
  for (const at of given.restart) steps.push({ at, order: 2, restart: true });
  for (const expect of given.expect) steps.push({ at: expect.at, order: 3, expect });
  const end = Math.max(...steps.map((step) => step.at));
  for (let at = given.tick; at < end; at += given.tick) steps.push({ at, order: 0, tick: true });
  steps.sort((a, b) => a.at - b.at || a.order - b.order);
  for (const step of steps) if ('reading' in step) step.reading.seq = seq += 1;
  return steps;
}

function intervalsOf(given: RuleCase): Map<string, number> {
  const intervals = new Map<string, number>();
  for (const series of given.series) {
    const named = given.intervals[series.device] ?? series.every;
    if (!intervals.has(series.device)) intervals.set(series.device, named / 1000);
  }
  return intervals;
}

function compare(expect: RuleCase['expect'][number], state: PointState, last: PointDecision | null): string[] {
  const faults: string[] = [];
  const differ = <T extends string | boolean | null>(what: string, want: T | undefined, have: T) => {
    if (want !== undefined && want !== have)
      faults.push(`at ${offset(expect.at)}: expected ${what} ${String(want)}, got ${String(have)}; ${explain(state)}`);
  };
  differ('level', expect.level, state.level);
  differ('certainty', expect.certainty, state.certainty);
  differ('confirmed level', expect.confirmed, state.confirmedLevel);
  differ('late', expect.late, last?.late ?? false);
  differ('watch after', expect.watch, state.watch?.level ?? null);
  for (const code of expect.because ?? []) if (!last?.reasons.some((reason) => reason.code === code)) differ(`reason ${code}`, true, false);
  for (const indicator of expect.missing ?? [])
    if (!state.missing.some((missing) => missing.indicator === indicator)) differ(`missing ${indicator}`, true, false);
  return faults;
}

const explain = (state: PointState): string =>
  state.indicators
    .map(
      ({ id, deviceId, value, unit, why, at }) =>
        `${id} of ${deviceId ?? '?'} = ${value === null ? (why?.code ?? 'unknown') : `${value} ${unit}`} (${at ?? '-'})`,
    )
    .join(', ') || `no indicator has data at ${state.eventAt ?? toIso(start)}`;

function offset(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const words = parts.flatMap((part, index) => (part > 0 ? [`${part} ${['d', 'h', 'min', 's'][index] ?? ''}`] : []));
  return words.length > 0 ? words.join(' ') : '0 s';
}
