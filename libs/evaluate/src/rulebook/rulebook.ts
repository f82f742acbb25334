import { warningLevels, type HazardKind, type HazardPoint, type Unit, type WarningLevel } from '#libs/contracts';
import type { ChannelPattern } from '../indicators/channel-pattern.js';
import type { Condition } from '../conditions/condition.js';
import type { IndicatorBase } from '../detectors/kind.js';
import { crossChecks } from './rulebook-checks.js';
import { RulebookText } from './rulebook-schema.js';
import { readYaml } from '../text/yaml-file.js';

export interface IndicatorSpec {
  id: string;
  title: { zh: string; en: string };
  spec: IndicatorBase;
  channels: readonly ChannelPattern[];
  unit: Unit;
  worse: 'more' | 'less';
  thresholds: Partial<Record<WarningLevel, number>>;
  /** Thresholds that are multiples of the point's slope height; see thresholds.ts. */
  heights: Partial<Record<WarningLevel, number>>;
  /** Thresholds of dams of grade one to four, where they differ from those of grade five; undefined where the grade says nothing. */
  grades?: Partial<Record<string, Partial<Record<WarningLevel, number>>>> | undefined;
}

export interface LevelSpec {
  level: WarningLevel;
  when: Condition;
  /** Samples that hold the level, `of` so many in a row. */
  samples: number;
  of: number;
  /** ms of device time. */
  apart: number;
  instruments: number;
  /** Independent kinds of sensor, on different devices. */
  kinds: number;
  /** ms within which instruments corroborate one another; undefined: only while they hold the level together. */
  within?: number;
  /** A second sign that confirms what one instrument has held. */
  orWith?: Condition;
  /** Share of the threshold (0–1] below which the level begins to fall back. */
  fallback: number;
  /** ms below it before the level is given up. */
  after: number;
  /** Samples below it that each instrument which held the level must have sent. */
  below: number;
  /** ms a level stays at least after a sample last held it. */
  validity: number;
}

export interface RulebookScope {
  kinds: readonly HazardKind[];
  divisions?: readonly string[];
  materials?: readonly NonNullable<HazardPoint['material']>[];
  profiles?: readonly string[];
  points?: readonly string[];
}

/** A rulebook ready to be used. `version` is given by whoever keeps it (content hash). Levels are strongest first. */
export interface Rulebook {
  id: string;
  version: string;
  title: { zh: string; en: string };
  status: 'placeholder' | 'acceptance' | 'signed';
  scope: RulebookScope;
  missing: { silentAfter: number; unknownWhen: 'any' | 'all' };
  /** ms within which a level that comes back is held longer: see level-machine.ts. */
  cooldown: number;
  /** ms of extended watch after a level was given up. */
  watch: number;
  /** Upload interval asked of the devices at a level, s; a level not named asks for nothing. */
  uploads: Partial<Record<WarningLevel, number>>;
  indicators: readonly IndicatorSpec[];
  levels: readonly LevelSpec[];
}

/**
 * Reads a rulebook.
 * @param text YAML
 * @param file name used in faults
 * @param version identity of this text, kept in every decision
 * @throws RulebookError naming every fault with its line
 */
export const parseRulebook = (text: string, file: string, version: string): Rulebook =>
  compiled(readYaml(text, file, RulebookText, crossChecks), version);

type Levelled<T> = Partial<Record<WarningLevel, T>>;
const mapped = <T, R>(values: Levelled<T>, to: (value: T) => R | undefined): Levelled<R> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([level, value]) => {
      const made = to(value);
      return made === undefined ? [] : [[level, made]];
    }),
  );

function compiled(book: RulebookText, version: string): Rulebook {
  const indicators = Object.entries(book.indicators).map(([id, spec]) => ({
    id,
    title: spec.title,
    spec,
    channels: spec.channel,
    unit: spec.unit,
    worse: spec.worse,
    thresholds: mapped(spec.thresholds, ({ value, unit }) => (unit === 'H' ? undefined : value)),
    grades:
      spec.grades && Object.fromEntries(Object.entries(spec.grades).map(([grade, own]) => [grade, mapped(own, ({ value }) => value)])),
    heights: mapped(spec.thresholds, ({ value, unit }) => (unit === 'H' ? value : undefined)),
  }));
  return {
    id: book.rulebook,
    version,
    title: book.title,
    status: book.status,
    scope: book.scope,
    missing: { silentAfter: book.missing['silent-after'], unknownWhen: book.missing['unknown-when'] },
    cooldown: book.cooldown,
    watch: book.downgrade.watch,
    uploads: mapped(book.response, ({ upload }) => upload / 1000),
    indicators,
    levels: warningLevels.toReversed().flatMap((level) => levelSpec(book, level)),
  };
}

function levelSpec(book: RulebookText, level: WarningLevel): LevelSpec[] {
  const own = book.levels[level];
  if (!own) return [];
  const { samples, of, apart, instruments, kinds, within, 'or-with': orWith } = { ...book.persistence, ...own.persistence };
  const { fallback, after } = { ...book.hysteresis, ...own.hysteresis };
  const { samples: below, validity } = book.downgrade;
  const persistence = { samples, of: of ?? samples, apart, instruments, kinds: kinds ?? 1, within, orWith };
  return [{ level, when: own.when, ...persistence, fallback, after, below, validity }];
}
