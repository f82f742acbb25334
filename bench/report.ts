import { gitCommit, machine, type Machine } from './machine.js';

/** What a figure must keep, and what it should reach. */
export interface Bound {
  figure: string;
  /** `min`: at least; `max`: at most. */
  is: 'min' | 'max';
  floor: number;
  goal?: number;
}

export interface Checked extends Bound {
  /** null: the bench did not measure it, and the floor is not kept. */
  value: number | null;
  pass: boolean;
  reached: boolean;
}

export type Figures = Record<string, unknown>;

export interface Report {
  bench: string;
  date: string;
  commit: string;
  machine: Machine;
  method: string;
  figures: Figures;
  floors: Checked[];
  pass: boolean;
}

export interface Outcome {
  method: string;
  figures: Figures;
  bounds: readonly Bound[];
}

/** A figure by its dotted name; NaN when there is none, which keeps no bound. */
export function figureOf(figures: Figures, name: string): number {
  const found = name
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Figures)[key] : undefined), figures);
  return typeof found === 'number' ? found : Number.NaN;
}

export function check(bound: Bound, figures: Figures): Checked {
  const value = figureOf(figures, bound.figure);
  const keeps = (limit: number | undefined): boolean => limit !== undefined && (bound.is === 'min' ? value >= limit : value <= limit);
  return { ...bound, value: Number.isNaN(value) ? null : value, pass: keeps(bound.floor), reached: keeps(bound.goal ?? bound.floor) };
}

/** @param before the machine as it was before the bench loaded it */
export function reportOf(bench: string, { method, figures, bounds }: Outcome, before: Machine = machine()): Report {
  const floors = bounds.map((bound) => check(bound, figures));
  return {
    bench,
    date: new Date().toISOString(),
    commit: gitCommit(),
    machine: before,
    method,
    figures,
    floors,
    pass: floors.every(({ pass }) => pass),
  };
}

/** For people. */
export function tableOf({ floors, machine: on, commit, date }: Report): string {
  const lines = floors.map(({ figure, is, floor, goal, value, pass }) => {
    const sign = is === 'min' ? '≥' : '≤';
    const aim = goal === undefined ? '' : `, goal ${sign} ${goal}`;
    return `  ${figure.padEnd(28)} ${String(value).padStart(10)}   floor ${sign} ${floor}${aim}   ${pass ? 'pass' : 'FAIL'}`;
  });
  return [
    ...lines,
    `  ${on.cores} × ${on.cpu}, Node.js ${on.node}, PostgreSQL ${on.postgres}, load before ${on.loadBefore}, ${commit}, ${date}`,
  ].join('\n');
}
