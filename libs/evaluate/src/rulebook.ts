import { LineCounter, isNode, parseDocument, type Document } from 'yaml';
import { warningLevels, type HazardKind, type Unit, type WarningLevel } from '#libs/contracts';
import type { ChannelPattern } from './channel-pattern.js';
import { reachesOf, type Condition } from './condition.js';
import { parameterFaults } from './detectors/index.js';
import type { IndicatorBase } from './detectors/kind.js';
import { RulebookText } from './rulebook-schema.js';

export interface IndicatorSpec {
  id: string;
  title: { zh: string; en: string };
  spec: IndicatorBase;
  channels: readonly ChannelPattern[];
  unit: Unit;
  worse: 'more' | 'less';
  thresholds: Partial<Record<WarningLevel, number>>;
}

export interface LevelSpec {
  level: WarningLevel;
  when: Condition;
  samples: number;
  /** ms of device time. */
  apart: number;
  instruments: number;
  /** Share of the threshold (0–1] below which the level begins to fall back. */
  fallback: number;
  /** ms below it before the level is given up. */
  after: number;
}

/** A rulebook ready to be used. `version` is given by whoever keeps it (content hash). Levels are strongest first. */
export interface Rulebook {
  id: string;
  version: string;
  title: { zh: string; en: string };
  status: 'placeholder' | 'acceptance' | 'signed';
  kinds: readonly HazardKind[];
  missing: { silentAfter: number; unknownWhen: 'any' | 'all' };
  /** ms within which a level that comes back is held longer: see level-machine.ts. */
  cooldown: number;
  indicators: readonly IndicatorSpec[];
  levels: readonly LevelSpec[];
}

export interface RulebookFault {
  line: number;
  /** Where in the file, e.g. `levels.red.when`. */
  where: string;
  message: string;
}

/** A file that is no rulebook. The message has one line a fault: file, line, place, what was expected. */
export class RulebookError extends Error {
  override readonly name = 'RulebookError';
  constructor(
    readonly file: string,
    readonly faults: readonly RulebookFault[],
  ) {
    super(faults.map((fault) => `${file}:${fault.line}: ${fault.where === '' ? '' : `${fault.where}: `}${fault.message}`).join('\n'));
  }
}

/**
 * Reads a rulebook.
 * @param text YAML
 * @param file name used in faults
 * @param version identity of this text, kept in every decision
 * @throws RulebookError naming every fault with its line
 */
export function parseRulebook(text: string, file: string, version: string): Rulebook {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors.map((e) => ({
    line: e.linePos?.[0].line ?? 1,
    where: '',
    message: e.message.split('\n')[0] ?? e.message,
  }));
  if (syntax.length > 0) throw new RulebookError(file, syntax);
  const fault = (path: readonly PropertyKey[], message: string): RulebookFault => ({
    line: lineOf(document, lines, path),
    where: path.map(String).join('.'),
    message,
  });
  const parsed = RulebookText.safeParse(document.toJS());
  if (!parsed.success)
    throw new RulebookError(
      file,
      parsed.error.issues.map((issue) => fault(issue.path, issue.message)),
    );
  const faults = crossChecks(parsed.data).map(({ path, message }) => fault(path, message));
  if (faults.length > 0) throw new RulebookError(file, faults);
  return compiled(parsed.data, version);
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(
      path.slice(0, length).map((key) => (typeof key === 'symbol' ? String(key) : key)),
      true,
    );
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** What one field alone can't show to be wrong: units, order of thresholds, names that lead nowhere. */
function crossChecks(book: RulebookText): { path: string[]; message: string }[] {
  const faults: { path: string[]; message: string }[] = [];
  for (const [id, indicator] of Object.entries(book.indicators)) {
    let weaker: { level: string; value: number } | undefined;
    for (const level of warningLevels) {
      const threshold = indicator.thresholds[level];
      if (!threshold) continue;
      const path = ['indicators', id, 'thresholds', level];
      if (threshold.unit !== indicator.unit)
        faults.push({ path, message: `expected ${indicator.unit}, the unit of the indicator, not ${threshold.unit}` });
      if (threshold.value <= 0) faults.push({ path, message: 'expected a threshold above 0: the way back is a share of it' });
      if (weaker && (indicator.worse === 'more' ? threshold.value < weaker.value : threshold.value > weaker.value))
        faults.push({
          path,
          message: `expected ${indicator.worse === 'more' ? 'at least' : 'at most'} the ${weaker.level} threshold ${weaker.value}`,
        });
      weaker = { level, value: threshold.value };
    }
    for (const { field, message } of parameterFaults(indicator)) faults.push({ path: ['indicators', id, field], message });
  }
  for (const level of warningLevels) {
    const when = book.levels[level]?.when;
    if (!when) continue;
    for (const { indicator, at } of reachesOf(when, level)) {
      const known = book.indicators[indicator];
      const path = ['levels', level, 'when'];
      if (!known) faults.push({ path, message: `no indicator "${indicator}"; there are ${Object.keys(book.indicators).join(', ')}` });
      else if (!known.thresholds[at]) faults.push({ path, message: `indicator "${indicator}" has no ${at} threshold` });
    }
  }
  if (Object.keys(book.levels).length === 0) faults.push({ path: ['levels'], message: 'expected at least one level' });
  return faults;
}

function compiled(book: RulebookText, version: string): Rulebook {
  const indicators = Object.entries(book.indicators).map(([id, spec]) => ({
    id,
    title: spec.title,
    spec,
    channels: spec.channel,
    unit: spec.unit,
    worse: spec.worse,
    thresholds: Object.fromEntries(Object.entries(spec.thresholds).map(([level, quantity]) => [level, quantity.value])),
  }));
  const levels = warningLevels.toReversed().flatMap((level) => {
    const own = book.levels[level];
    return own ? [{ level, when: own.when, ...book.persistence, ...own.persistence, ...book.hysteresis, ...own.hysteresis }] : [];
  });
  return {
    id: book.rulebook,
    version,
    title: book.title,
    status: book.status,
    kinds: book.scope.kinds,
    missing: { silentAfter: book.missing['silent-after'], unknownWhen: book.missing['unknown-when'] },
    cooldown: book.cooldown,
    indicators,
    levels,
  };
}
