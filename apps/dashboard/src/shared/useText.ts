import { useI18n } from 'vue-i18n';
import { ApiError } from '../station/api.js';
import { age, toMs } from './format.js';

/** Texts that depend on a value, in the language of the screen. */
export function useText() {
  const { t, te, locale } = useI18n();

  /** Text the station sends in both languages. */
  const pick = (text: { zh: string; en: string }): string => (locale.value === 'zh' ? text.zh : text.en);
  const ago = (at: number | string | null | undefined, now: number): string => {
    const ms = toMs(at);
    if (ms === null) return t('age.never');
    const { unit, count } = age(now - ms);
    return t(`age.${unit}`, { n: count });
  };
  /** A stretch of time given in seconds, in the coarsest unit that says it exactly enough. */
  const span = (seconds: number): string => {
    const { unit, count } = age(seconds * 1000);
    return t(`span.${unit}`, { n: count });
  };
  /** A word of a group, or the code itself: a value newer than this page is shown, not hidden. */
  const word = (group: string, code: string): string => (te(`${group}.${code}`, 'zh') ? t(`${group}.${code}`) : code);
  /** What a chart of readings shows: the sensor, or the one field of it. */
  const sensorTitle = ({ sensor, field }: { sensor: string; field: string }): string => {
    const own = `${sensor}_${field}`;
    return te(`sensor.${own}`, 'zh') ? t(`sensor.${own}`) : [word('sensor', sensor), field].filter(Boolean).join(' ');
  };
  /** What happened and what to do; the station's own detail follows where it adds something. */
  const problem = (error: unknown): string => {
    if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
    const known = te(`problem.${error.code}`, 'zh') ? t(`problem.${error.code}`) : t('problem.other');
    const detail = error.detail !== '' && error.code !== 'unreachable' && error.code !== 'wrong-credentials' ? ` ${error.detail}` : '';
    return known + detail;
  };
  return { t, te, locale, pick, ago, span, word, sensorTitle, problem };
}
