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

const crack = (id: string, detector: string, at: Rule['at'], unit = 'mm'): Rule => ({ id, detector, channel: 'L1_LF_*', unit, at });
const rain = (id: string, window: string): Rule => ({
  id,
  detector: `sum\n    window: ${window}`,
  channel: 'L3_YL_*',
  unit: 'mm',
  at: [1e6, 2e6, 3e6, 4e6],
});
const tilt = (id: string, detector: string): Rule => ({ id, detector, channel: 'L1_QJ_*.X', unit: '°', at: [5, 10, 20, 40] });
const change = (window: string, more = ''): string => `change\n    window: ${window}${more}`;
const bounds = [50, 100, 200, 400] as const;

/**
 * Twenty rules a point, each with a threshold a level: what a careful geologist would write for a crack meter, a rain gauge and
 * a tiltmeter, over windows from a minute to a day. Two are Theil–Sen velocities, the dearest detector there is.
 */
const rules: readonly Rule[] = [
  crack('crack-level', 'level', [alarmAt, 1000, 2000, 4000]),
  ...['1 min', '10 min', '30 min', '1 h', '6 h', '24 h'].map((window, at) => crack(`crack-change-${at}`, change(window), bounds)),
  crack('crack-either', change('1 h', '\n    direction: either'), bounds),
  crack('crack-velocity', 'velocity\n    window: 1 min', [1e6, 2e6, 3e6, 4e6], 'mm/d'),
  ...['1 min', '10 min', '1 h', '6 h', '24 h'].map((window, at) => rain(`rain-${at}`, window)),
  tilt('tilt-level', 'level'),
  ...['1 min', '10 min', '1 h', '24 h'].map((window, at) => tilt(`tilt-change-${at}`, change(window))),
  { ...tilt('tilt-velocity', 'velocity\n    window: 1 min'), unit: '°/d', at: [1e6, 2e6, 3e6, 4e6] },
];

export const ruleCount = rules.length;

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

const any = `{ when: { any: [${rules.map(({ id }) => id).join(', ')}] } }`;

export const rulebookText = `rulebook: ${rulebookId}
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

/** A rules directory with the bench's rulebook alone. */
export function benchRules(directory: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, `${rulebookId}.rules.yaml`), rulebookText);
}
