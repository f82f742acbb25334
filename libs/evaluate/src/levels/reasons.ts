import { why, type PointLevel, type Reason, type WarningLevel } from '#libs/contracts';
import { everyDevice } from '../indicators/fact-key.js';
import type { Truth } from '../conditions/finding.js';
import type { Indicator } from '../indicators/indicator.js';
import type { LevelMachine } from './level-machine.js';
import type { IndicatorSpec } from '../rulebook/rulebook.js';

/** Every sentence a decision can say, Chinese first. Codes are stable: they are stored, counted and tested. */
export const levelWords: Record<PointLevel, { zh: string; en: string }> = {
  none: { zh: '无预警', en: 'no level' },
  blue: { zh: '蓝色', en: 'blue' },
  yellow: { zh: '黄色', en: 'yellow' },
  orange: { zh: '橙色', en: 'orange' },
  red: { zh: '红色', en: 'red' },
  unknown: { zh: '未知', en: 'unknown' },
};

const shown = (value: number): string => String(Math.round(value * 100) / 100);

/** Where an indicator is, for machines and in words; one across the point has no device. */
function placed({ spec, place: { deviceId, series } }: Indicator) {
  const where = deviceId === everyDevice ? series : `${deviceId} ${series}`;
  return { where, fields: { indicator: spec.id, channel: series, ...(deviceId === everyDevice ? {} : { deviceId }) } };
}

/** A value against a threshold, in numbers. */
function compared(code: string, indicator: Indicator, threshold: number | undefined, sign: string, after = { zh: '', en: '' }): Reason {
  const value = indicator.value ?? Number.NaN;
  const { unit, title } = indicator.spec;
  const { where, fields } = placed(indicator);
  const numbers = `${shown(value)} ${unit}${threshold === undefined ? '' : ` ${sign} ${shown(threshold)} ${unit}`}`;
  return {
    code,
    ...fields,
    value,
    threshold,
    unit,
    text: { zh: `${title.zh} ${numbers}${after.zh}（${where}）`, en: `${title.en} ${numbers}${after.en} (${where})` },
  };
}

const sideOf = ({ spec: { worse } }: Indicator, reached: boolean): string =>
  worse === 'more' ? (reached ? '≥' : '<') : reached ? '≤' : '>';

export const thresholdReached = (indicator: Indicator): Reason =>
  compared('threshold-reached', indicator, indicator.reached(), sideOf(indicator, true));

/** Parts of a level's condition, in `GET /hazard-points/{code}/state`: this one holds… */
export const partHolds = (indicator: Indicator, at: WarningLevel, threshold: number): Reason =>
  compared('part-holds', indicator, threshold, sideOf(indicator, true), atLevel(at));
/** …this one does not… */
export const partLacks = (indicator: Indicator, at: WarningLevel, threshold: number): Reason =>
  compared('part-lacks', indicator, threshold, sideOf(indicator, false), atLevel(at));
/** …of this one only a lower bound is known, and it lies below. */
export const partNotYetKnown = (indicator: Indicator, at: WarningLevel, threshold: number): Reason =>
  compared('part-partial', indicator, threshold, sideOf(indicator, false), {
    zh: `${atLevel(at).zh}，时段未满，实际可能更大`,
    en: `${atLevel(at).en}, window not yet full: it may be more`,
  });

const atLevel = (at: WarningLevel): { zh: string; en: string } => ({
  zh: ` ${levelWords[at].zh}阈值`,
  en: `, the ${levelWords[at].en} threshold`,
});

export const notInstalled = ({ id, title }: IndicatorSpec, at: WarningLevel): Reason => ({
  code: 'not-installed',
  indicator: id,
  text: {
    zh: `${title.zh}：本点尚无此类仪器的数据（${levelWords[at].zh}）`,
    en: `${title.en}: no instrument here has sent any (${levelWords[at].en})`,
  },
});

export function heightMissing(indicator: Indicator, at: WarningLevel): Reason {
  const { code, zh, en } = why('no-slope-height');
  const { title, heights } = indicator.spec;
  const multiple = `${heights[at] ?? '?'} H`;
  return {
    code,
    ...placed(indicator).fields,
    text: {
      zh: `${title.zh} ${levelWords[at].zh}阈值 ${multiple}：${zh}`,
      en: `${title.en}, ${levelWords[at].en} threshold ${multiple}: ${en}`,
    },
  };
}

/** The value is calm for a dam of grade five, and nobody has said which grade this one has. */
export function gradeMissing(indicator: Indicator, at: WarningLevel): Reason {
  const { code, zh, en } = why('no-dam-grade');
  const { title } = indicator.spec;
  return {
    code,
    ...placed(indicator).fields,
    text: { zh: `${title.zh} ${levelWords[at].zh}阈值：${zh}`, en: `${title.en}, ${levelWords[at].en} threshold: ${en}` },
  };
}

/** What a level in force, or about to be, still lacks until it is confirmed. */
export function stillNeeded(machine: LevelMachine): Reason[] {
  const { spec, certainty } = machine;
  if (certainty === null || certainty === 'confirmed') return [];
  const needs: Reason[] = [];
  const short = (code: string, have: number, need: number, zh: string, en: string) => {
    if (have < need) needs.push(counted(code, have, need, { zh: `${zh} ${have}/${need}`, en: `${en}: ${have} of ${need}` }));
  };
  if (certainty === 'awaiting-persistence')
    short(
      'needs-samples',
      machine.longestCount,
      spec.samples,
      spec.of > spec.samples ? `连续${spec.of}个样本中达到` : '连续样本',
      'samples',
    );
  short('needs-instruments', machine.persisted, spec.instruments, '支持的仪器', 'instruments that hold it');
  short('needs-kinds', machine.kinds, spec.kinds, '相互独立的仪器类别', 'independent kinds of sensor');
  if (spec.orWith) needs.push({ code: 'or-second-sign', text: { zh: '或由另一类征兆印证', en: 'or a second sign of another kind' } });
  return needs;
}

/** One sentence on a level. */
export function levelText({ level, certainty }: LevelMachine, truth: Truth): { zh: string; en: string } {
  const word = levelWords[level];
  if (certainty === 'confirmed') return { zh: `${word.zh}：有效，已确认`, en: `${word.en}: in force, confirmed` };
  if (certainty !== null) return { zh: `${word.zh}：候选，待印证`, en: `${word.en}: a candidate, not yet confirmed` };
  if (truth === 'unknown') return { zh: `${word.zh}：数据不足，无法判断`, en: `${word.en}: not enough is known to say` };
  return { zh: `${word.zh}：条件不满足`, en: `${word.en}: its condition does not hold` };
}

/** How sure the level is, with the count that is still missing. */
export function certaintyReason(machine: LevelMachine): Reason | undefined {
  const word = levelWords[machine.level];
  switch (machine.certainty) {
    case 'awaiting-persistence':
      return counted('awaiting-persistence', machine.longestCount, machine.spec.samples, {
        zh: `${word.zh}：连续 ${machine.longestCount}/${machine.spec.samples} 个样本，等待持续`,
        en: `${word.en}: ${machine.longestCount} of ${machine.spec.samples} samples in a row, waiting for persistence`,
      });
    case 'awaiting-corroboration':
      return counted('awaiting-corroboration', machine.persisted, machine.spec.instruments, {
        zh: `${word.zh}：${machine.persisted}/${machine.spec.instruments} 台仪器支持${kindsZh(machine)}，等待印证`,
        en: `${word.en}: held by ${machine.persisted} of ${machine.spec.instruments} instruments${kindsEn(machine)}, waiting for corroboration`,
      });
    case 'confirmed':
      return counted('confirmed', machine.standing, machine.spec.instruments, {
        zh: `${word.zh}：已确认（${machine.standing} 台仪器）`,
        en: `${word.en}: confirmed (${machine.standing} instruments)`,
      });
    case null:
      return undefined;
  }
}

const kindsZh = ({ kinds, spec }: LevelMachine): string => (spec.kinds > 1 ? `（${kinds}/${spec.kinds} 类）` : '');
const kindsEn = ({ kinds, spec }: LevelMachine): string => (spec.kinds > 1 ? ` and ${kinds} of ${spec.kinds} kinds of sensor` : '');

const counted = (code: string, value: number, threshold: number, text: Reason['text']): Reason => ({ code, value, threshold, text });

export function fellBack(level: WarningLevel): Reason {
  const word = levelWords[level];
  return { code: 'fell-back', text: { zh: `${word.zh}条件不再满足，已回落`, en: `${word.en} no longer holds and has fallen back` } };
}

export function missingReason(indicator: Indicator): Reason {
  const { code, zh, en } = why(indicator.why ?? 'silent');
  const { where, fields } = placed(indicator);
  const { title } = indicator.spec;
  return { code, ...fields, text: { zh: `${title.zh}：${zh}（${where}）`, en: `${title.en}: ${en} (${where})` } };
}

export const noData = (): Reason => {
  const { code, zh, en } = why('no-data');
  return { code, text: { zh, en } };
};
export const judgedQuiet = (): Reason => ({
  code: 'quiet',
  text: { zh: '各指标均低于阈值', en: 'every indicator is below its thresholds' },
});
export const lateData = (): Reason => ({
  code: 'late-data',
  text: { zh: '由迟到数据得出，仅更正记录', en: 'from late data: corrects the record' },
});
export const lateBlock = (): Reason => ({
  code: 'late-block',
  text: { zh: '补传数据表明当时曾达到此级，仅更正记录', en: 'data that came later show that it held then: corrects the record' },
});
export const evaluationFailed = (error: string): Reason => ({
  code: 'evaluation-failed',
  text: { zh: `规则计算失败：${error}`, en: `the rulebook could not be evaluated: ${error}` },
});
