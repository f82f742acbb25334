import { z } from 'zod';

/** Why something has no value: a code for machines and the words people read. Unknown is shown, never taken for calm. */
export const Why = z.object({ code: z.string(), zh: z.string(), en: z.string() });
export type Why = z.infer<typeof Why>;

const words = {
  'no-data': { zh: '尚无数据', en: 'no data yet' },
  'warming-up': { zh: '数据积累不足', en: 'still warming up' },
  'dead-channel': { zh: '通道失效，信号恒定不变', en: 'dead channel: the signal does not change at all' },
  'too-few-siblings': { zh: '可对比的同类仪器不足', en: 'too few instruments of its kind to compare with' },
  'no-usable-forecast': { zh: '暂无可用的失稳时间预报', en: 'no usable forecast of the time to failure' },
  stuck: { zh: '读数卡滞不变', en: 'stuck: the reading does not move' },
  copied: { zh: '数据与以往重复，疑为复制', en: 'copied: the values repeat earlier ones' },
  'needs-review': { zh: '出现台阶，待人工复核', en: 'a step that needs review by a person' },
  silent: { zh: '数据中断', en: 'silent' },
  'no-slope-height': {
    zh: '未填坡高，以坡高倍数表示的阈值无法确定',
    en: 'no slope height given: a threshold in multiples of it is not known',
  },
  'no-dam-grade': {
    zh: '未填坝等别，按最宽的五等判断，不能认为安全',
    en: 'no dam grade given: judged as grade five, the least demanding, which is no proof of calm',
  },
  'not-judged-yet': { zh: '尚未研判', en: 'not judged yet' },
  'no-rulebook': { zh: '规则集未生效', en: 'its rulebook is not in force' },
  'closed-point': { zh: '隐患点已关闭', en: 'the hazard point is closed' },
} as const;
export type WhyCode = keyof typeof words;

/** The one place of these words. */
export const why = (code: WhyCode): Why => ({ code, ...words[code] });
