import { parseDocument, type Document } from 'yaml';
import { warningLevels } from '#libs/contracts';

/** Numbers of one rulebook to be tried out in place of the one that is written there. */
export interface Sweep {
  /** As it was asked for: `velocity.threshold.red`. */
  name: string;
  /** Where in the file: `indicators`, `velocity`, `thresholds`, `red`. */
  path: readonly string[];
  values: readonly number[];
}

/** One rulebook of a sweep. */
export interface Variant {
  /** What was set, by name. */
  set: Readonly<Record<string, number>>;
  text: string;
}

/** A sweep that can't be done: said to the person, with what can. */
export class SweepError extends Error {
  override readonly name = 'SweepError';
}

/** More variants than this are a mistake in a range, not a question: at a second each they take most of an hour. */
const mostVariants = 2_000;
/** Parts of a rulebook that are not an indicator. */
const parts = new Set(['levels', 'persistence', 'hysteresis', 'missing', 'cooldown', 'indicators']);

/**
 * Reads `velocity.threshold.red=10..60:5` (from, to, step), `velocity.window=12,24,48` or `persistence.samples=1..5:1`. The unit stays the
 * one written in the rulebook.
 * @throws SweepError
 */
export function parseSweep(text: string): Sweep {
  const [name = '', given = ''] = text.split('=');
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name) || given === '')
    throw new SweepError(`${text}: expected e.g. velocity.threshold.red=10..60:5 or velocity.window=12,24,48`);
  const steps = name.split('.');
  const [first = '', second] = steps;
  const path =
    parts.has(first) || steps.length === 1
      ? steps
      : ['indicators', ...(second === 'threshold' ? [first, 'thresholds', ...steps.slice(2)] : steps)];
  return { name, path, values: valuesOf(given, text) };
}

function valuesOf(given: string, text: string): number[] {
  const number = String.raw`(-?\d+(?:\.\d+)?)`;
  const range = new RegExp(`^${number}\\.\\.${number}:${number}$`).exec(given);
  if (!range) {
    const values = given.split(',').map((one) => (one.trim() === '' ? Number.NaN : Number(one)));
    if (values.some((value) => !Number.isFinite(value)))
      throw new SweepError(`${text}: expected from..to:step, or numbers with commas between`);
    return values;
  }
  const [from = 0, to = 0, step = 0] = range.slice(1).map(Number);
  if (step <= 0 || to < from) throw new SweepError(`${text}: expected a step above 0 and an end not before the beginning`);
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > mostVariants) throw new SweepError(`${text}: ${count} values; at most ${mostVariants}`);
  return Array.from({ length: count }, (_, at) => Math.round((from + at * step) * 1e9) / 1e9);
}

/**
 * The rulebook once for every combination of the sweeps' values. What they make of it is checked by `parseRulebook`, not here: a variant may be
 * none (red below orange).
 * @throws SweepError when a name leads nowhere in the rulebook, or there are too many combinations
 */
export function variantsOf(rulebook: string, sweeps: readonly Sweep[]): Variant[] {
  const count = sweeps.reduce((product, { values }) => product * values.length, 1);
  if (count > mostVariants) throw new SweepError(`${count} combinations; at most ${mostVariants}`);
  let all: Record<string, number>[] = [{}];
  for (const { name, values } of sweeps) all = all.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  return all.map((set) => {
    const document = parseDocument(rulebook);
    for (const { name, path } of sweeps) write(document, name, path, set[name] ?? 0);
    return { set, text: String(document) };
  });
}

/** Puts a number in the place of the one that is there; what follows it (the unit) stays. */
function write(document: Document, name: string, path: readonly string[], value: number): void {
  const old: unknown = document.getIn(path);
  const number = typeof old === 'number' ? [''] : typeof old === 'string' ? /^-?\d+(?:\.\d+)?(\s*\S+)$/.exec(old)?.slice(1) : undefined;
  if (!number) throw new SweepError(`${name}: ${old === undefined ? 'not in the rulebook' : 'no single number there'}; ${known(document)}`);
  document.setIn(path, number[0] === '' ? value : `${value}${number[0]}`);
}

function known(document: Document): string {
  const { indicators } = document.toJS() as { indicators?: Record<string, Record<string, unknown>> };
  const names = Object.entries(indicators ?? {}).flatMap(([id, indicator]) => [
    ...warningLevels
      .filter((level) => (indicator.thresholds as Record<string, unknown> | undefined)?.[level] !== undefined)
      .map((level) => `${id}.threshold.${level}`),
    ...Object.entries(indicator)
      .filter(([, field]) => /^\d/.test(String(field)))
      .map(([field]) => `${id}.${field}`),
  ]);
  return `its indicators have ${names.join(', ')}`;
}
