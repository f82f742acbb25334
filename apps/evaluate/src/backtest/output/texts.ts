import type { PointLevel } from '#libs/contracts';
import type { BadLine } from '../input/csv-scanner.js';
import type { Scored } from '../run/totals.js';

/** Every word of the backtest's output that people read, Chinese first. */
export interface Text {
  zh: string;
  en: string;
}

export const levelTexts: Record<PointLevel, Text> = {
  none: { zh: '无预警', en: 'none' },
  blue: { zh: '蓝色', en: 'blue' },
  yellow: { zh: '黄色', en: 'yellow' },
  orange: { zh: '橙色', en: 'orange' },
  red: { zh: '红色', en: 'red' },
  unknown: { zh: '未知', en: 'unknown' },
};

export const countedTexts: Record<Scored, Text> = {
  told: { zh: '含待印证', en: 'all anybody is told of' },
  confirmed: { zh: '仅已确认', en: 'confirmed only' },
};

export const badTexts: Record<BadLine, Text> = {
  time: {
    zh: '时间无法识别（需带时区，如 2026-07-01T06:00:00+08:00，或毫秒）',
    en: 'no time (with offset, as 2026-07-01T06:00:00+08:00, or epoch ms)',
  },
  channel: { zh: '通道名无法识别', en: 'no channel' },
  value: { zh: '数值无法识别', en: 'no number' },
  'no-value': { zh: '数值为空', en: 'empty value' },
  device: { zh: '设备编号无法识别', en: 'no device id' },
  received: { zh: '接收时间无法识别', en: 'no receive time' },
  columns: { zh: '列数不足', en: 'too few columns' },
};

export const texts = {
  title: { zh: '规则回测', en: 'Backtest of rules' },
  point: { zh: '隐患点', en: 'Hazard point' },
  rulebook: { zh: '规则集', en: 'Rulebook' },
  placeholder: {
    zh: '本规则集为文献默认值，须由技术支撑单位核定并签字后使用',
    en: 'This rulebook has defaults from the literature: to be replaced and signed by the technical unit before use',
  },
  period: { zh: '时段', en: 'Period' },
  readings: { zh: '监测数据', en: 'Readings' },
  changes: { zh: '等级变化', en: 'Changes of the level' },
  moreChanges: { zh: '其余见 report.json', en: 'the others are in report.json' },
  time: { zh: '时间', en: 'Time' },
  level: { zh: '等级', en: 'Level' },
  state: { zh: '状态', en: 'State' },
  candidate: { zh: '待确认', en: 'candidate' },
  confirmed: { zh: '已确认', en: 'confirmed' },
  reasons: { zh: '依据', en: 'Reasons' },
  summary: { zh: '各等级', en: 'By level' },
  firstAt: { zh: '首次达到', en: 'First in force' },
  confirmedAt: { zh: '首次确认', en: 'First confirmed' },
  lead: { zh: '提前量', en: 'Lead' },
  confirmedLead: { zh: '确认提前量', en: 'Confirmed lead' },
  timeInLevel: { zh: '历时', en: 'Time in level' },
  failure: { zh: '破坏', en: 'Failure' },
  event: { zh: '灾害事件', en: 'Event' },
  unknownEvent: { zh: '性质不明', en: 'Outcome unknown' },
  score: { zh: '评分', en: 'Score' },
  noScore: {
    zh: '未给出已知事件（--events、--failure 或 --events none），无法判断预警对错',
    en: 'No events are known (--events, --failure or --events none), so no warning can be called right or false',
  },
  definition: {
    zh: '事件前 {before} 至事件后 {tolerance} 内处于预警即为命中；事件后 {after} 内新发的不计；其余为误报。方括号为 95 % 区间。',
    en: 'A hit is a warning in force between {before} before and {tolerance} after an event. One that begins within {after} after an event is not counted. Any other is false. Brackets: 95 % interval.',
  },
  hits: { zh: '命中', en: 'Hits' },
  misses: { zh: '漏报', en: 'Misses' },
  blind: { zh: '其中数据中断', en: 'of them grey' },
  falseAlarms: { zh: '误报', en: 'False alarms' },
  unknownAlarms: { zh: '对错不明', en: 'Unknown' },
  outside: { zh: '时段外事件', en: 'Events outside' },
  perYear: { zh: '误报/站·年', en: 'False alarms per station-year' },
  pod: { zh: '命中率 POD', en: 'POD' },
  far: { zh: '空报比 FAR', en: 'FAR' },
  pofd: { zh: '误检率 POFD', en: 'POFD' },
  csi: { zh: '临界成功指数 CSI', en: 'CSI' },
  tss: { zh: '真技巧评分 TSS', en: 'TSS' },
  leadMedian: { zh: '提前量中位数（最短）', en: 'Lead, median (least)' },
  leadHours: { zh: '提前量中位数（小时）', en: 'median lead, h' },
  inAlarm: { zh: '预警历时占比', en: 'Time in alarm' },
  input: { zh: '数据说明', en: 'Input' },
  badLines: { zh: '无法识别的行', en: 'Lines that are no reading' },
  line: { zh: '第 {n} 行', en: 'line {n}' },
  duplicates: { zh: '重复', en: 'Duplicates' },
  late: { zh: '迟到', en: 'Late' },
  sorted: { zh: '数据未按时间排列，已排序', en: 'The readings were not in the order of their time and have been sorted' },
  interval: { zh: '上传间隔', en: 'Upload interval' },
  measured: { zh: '由数据推定', en: 'measured in the data' },
  compare: { zh: '规则对比', en: 'Two rulebooks side by side' },
  sweep: { zh: '参数试算', en: 'Parameters tried out' },
  invalid: { zh: '不是有效规则集', en: 'no valid rulebook' },
  roc: { zh: 'ROC：命中率与空报率（各等级）', en: 'ROC: detection against false detection' },
  tradeOff: { zh: '提前量与误报', en: 'Lead against false alarms' },
  levelBand: { zh: '等级', en: 'Level' },
  strict: { zh: '--strict：有无法识别的行，未作回测', en: '--strict: there are lines that are no reading' },
} as const satisfies Record<string, Text>;

/** Both languages on one line. */
export const both = ({ zh, en }: Text): string => `${zh} ${en}`;

/** Puts values in the place of `{name}`. */
export const filled = ({ zh, en }: Text, values: Readonly<Record<string, string>>): Text => {
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return { zh: fill(zh), en: fill(en) };
};
