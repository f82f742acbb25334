import { why, type PointLevel, type Reason, type WarningLevel } from '#libs/contracts';
import type { Indicator } from './indicator.js';
import type { LevelMachine } from './level-machine.js';

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

export function thresholdReached(indicator: Indicator): Reason {
  const threshold = indicator.reached();
  const value = indicator.value ?? Number.NaN;
  const { unit, title, worse } = indicator.spec;
  const { series, deviceId } = indicator.place;
  const sign = worse === 'more' ? '≥' : '≤';
  const numbers = `${shown(value)} ${unit}${threshold === undefined ? '' : ` ${sign} ${shown(threshold)} ${unit}`}`;
  return {
    code: 'threshold-reached',
    indicator: indicator.spec.id,
    channel: series,
    deviceId,
    value,
    threshold,
    unit,
    text: { zh: `${title.zh} ${numbers}（${deviceId} ${series}）`, en: `${title.en} ${numbers} (${deviceId} ${series})` },
  };
}

/** How sure the level is, with the count that is still missing. */
export function certaintyReason(machine: LevelMachine): Reason | undefined {
  const word = levelWords[machine.level];
  switch (machine.certainty) {
    case 'awaiting-persistence':
      return counted('awaiting-persistence', machine.longestCount, machine.samples, {
        zh: `${word.zh}：连续 ${machine.longestCount}/${machine.samples} 个样本，等待持续`,
        en: `${word.en}: ${machine.longestCount} of ${machine.samples} samples in a row, waiting for persistence`,
      });
    case 'awaiting-corroboration':
      return counted('awaiting-corroboration', machine.persisted, machine.instruments, {
        zh: `${word.zh}：${machine.persisted}/${machine.instruments} 台仪器支持，等待印证`,
        en: `${word.en}: held by ${machine.persisted} of ${machine.instruments} instruments, waiting for corroboration`,
      });
    case 'confirmed':
      return counted('confirmed', machine.persisted, machine.instruments, {
        zh: `${word.zh}：已确认（${machine.persisted} 台仪器）`,
        en: `${word.en}: confirmed (${machine.persisted} instruments)`,
      });
    case null:
      return undefined;
  }
}

const counted = (code: string, value: number, threshold: number, text: Reason['text']): Reason => ({ code, value, threshold, text });

export function fellBack(level: WarningLevel): Reason {
  const word = levelWords[level];
  return { code: 'fell-back', text: { zh: `${word.zh}条件不再满足，已回落`, en: `${word.en} no longer holds and has fallen back` } };
}

export function missingReason(indicator: Indicator): Reason {
  const { code, zh, en } = why(indicator.why ?? 'silent');
  const { series, deviceId } = indicator.place;
  return {
    code,
    indicator: indicator.spec.id,
    channel: series,
    deviceId,
    text: {
      zh: `${indicator.spec.title.zh}：${zh}（${deviceId} ${series}）`,
      en: `${indicator.spec.title.en}: ${en} (${deviceId} ${series})`,
    },
  };
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
export const evaluationFailed = (error: string): Reason => ({
  code: 'evaluation-failed',
  text: { zh: `规则计算失败：${error}`, en: `the rulebook could not be evaluated: ${error}` },
});
