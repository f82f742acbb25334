import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const rulebookId = 'bench';
/** Crack opening (mm) at which a point of the bench turns blue; the load stays far below. */
export const alarmAt = 500;

interface Rule {
  id: string;
  detector: string;
  channel: string;
  unit: string;
  at: readonly [number, number, number, number];
}

const DAY_MINUTES = 1440;
const bounds = [50, 100, 200, 400] as const;
/** Beyond anything the load makes. */
const never = [1e6, 2e6, 3e6, 4e6] as const;

/**
 * Twenty rules a point, each with a threshold a level: what a careful geologist would write for a crack meter, a rain gauge and
 * a tiltmeter, over windows from a minute to a day. Two are Theil–Sen velocities, the dearest detector there is; their window is
 * ten seconds, so that they have a value during a short run.
 * @param longest minutes; longer windows are cut to it (a soak waits until every window is full)
 * @param slope window of the velocities, for histories in which a day passes
 */
function rulesOf(longest: number, slope = '10 s'): readonly Rule[] {
  const velocity = `velocity\n    window: ${slope}`;
  const over = (detector: string, minutes: number): string => `${detector}\n    window: ${Math.min(minutes, longest)} min`;
  const crack = (id: string, detector: string, at: Rule['at'], unit = 'mm'): Rule => ({ id, detector, channel: 'L1_LF_*', unit, at });
  const tilt = (id: string, detector: string, at: Rule['at'], unit = '°'): Rule => ({ id, detector, channel: 'L1_QJ_*.X', unit, at });
  const rain = (id: string, detector: string): Rule => ({ id, detector, channel: 'L3_YL_*', unit: 'mm', at: never });
  return [
    crack('crack-level', 'level', [alarmAt, 1000, 2000, 4000]),
    ...[1, 10, 30, 60, 360, DAY_MINUTES].map((minutes) => crack(`crack-change-${minutes}`, over('change', minutes), bounds)),
    crack('crack-either', `${over('change', 60)}\n    direction: either`, bounds),
    crack('crack-velocity', velocity, never, 'mm/d'),
    ...[1, 10, 60, 360, DAY_MINUTES].map((minutes) => rain(`rain-${minutes}`, over('sum', minutes))),
    tilt('tilt-level', 'level', [5, 10, 20, 40]),
    ...[1, 10, 60, DAY_MINUTES].map((minutes) => tilt(`tilt-change-${minutes}`, over('change', minutes), [5, 10, 20, 40])),
    tilt('tilt-velocity', velocity, never, '°/d'),
  ];
}

export const ruleCount = rulesOf(DAY_MINUTES).length;

const text = ({ id, detector, channel, unit, at }: Rule): string => {
  const of = (value: number): string => `${value} ${unit}`;
  const thresholds = `{ blue: ${of(at[0])}, yellow: ${of(at[1])}, orange: ${of(at[2])}, red: ${of(at[3])} }`;
  return `  ${id}:
    title: { zh: ${id}, en: ${id} }
    detector: ${detector}
    channel: '${channel}'
    unit: ${unit}
    thresholds: ${thresholds}`;
};

/** The bench's rulebook as YAML. */
export function rulebookText(longest = DAY_MINUTES, slope?: string): string {
  const rules = rulesOf(longest, slope);
  const any = `{ when: { any: [${rules.map(({ id }) => id).join(', ')}] } }`;
  return `rulebook: ${rulebookId}
title: { zh: 基准规则, en: Benchmark rulebook }
status: acceptance
scope:
  kinds: [landslide]
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: 2, apart: 10 s, instruments: 1 }
hysteresis: { fallback: 80 %, after: 10 min }
cooldown: 0 min
indicators:
${rules.map(text).join('\n')}
levels:
  blue: ${any}
  yellow: ${any}
  orange: ${any}
  red: ${any}
`;
}

/** A rules directory with the bench's rulebook alone. */
export function benchRules(directory: string, longest?: number): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, `${rulebookId}.rules.yaml`), rulebookText(longest));
}
