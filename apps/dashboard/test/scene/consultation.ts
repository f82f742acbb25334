import type { Consultation, WarningView } from '#libs/contracts';
import { iso, minute } from './clock.js';
import { channels, points } from './county.js';
import { valueAt } from './curves.js';

/** A consultation in full swing about a warning. */
export function consultation(of: WarningView): Consultation {
  const { releases: inOut, ...rest } = of;
  const record = { ...rest, deliver: 'simulator' as const, releases: inOut };
  const place = points.find((one) => one.unifiedCode === of.hazardPoint)!;
  return {
    id: 'c1',
    warning: of.id,
    hazardPoint: of.hazardPoint,
    divisionCode: of.divisionCode,
    title: `${of.pointName} 会商`,
    exercise: of.exercise,
    state: 'deliberating',
    openedAt: iso(8 * minute),
    evidence: {
      takenAt: iso(8 * minute),
      warning: record,
      point: place,
      series: [6, 4, 5].map((index) => ({
        deviceId: channels[index]!.deviceId,
        channel: channels[index]!.channel,
        unit: 'mm',
        readings: Array.from({ length: 300 }, (_, i) => ({
          time: iso((300 - i) * 5 * minute),
          value: valueAt(index, i, i / 300),
          quality: [],
        })),
      })),
      hash: '8d1c7f2e90ab44c1b8f0',
    },
    opinions: [
      {
        id: 'o1',
        by: '王教授',
        at: iso(5 * minute),
        level: 'red',
        stability: 'unstable',
        trend: 'imminent',
        text: '后缘裂缝加速张开，切线角已过 85°，建议按红色处置，先撤离坡脚住户。',
        measures: '封闭坡脚便道，夜间加密观测。',
      },
      {
        id: 'o2',
        by: '李工',
        at: iso(4 * minute),
        level: 'orange',
        stability: 'less-stable',
        trend: 'deforming',
        text: 'GNSS 与裂缝计一致，雨情未加重，建议维持橙色，一小时后复核。',
      },
    ],
    chat: [
      { id: 'm1', by: '值班员 李文', at: iso(6 * minute), text: '监测员已到现场，坡脚有小块落石。' },
      { id: 'm2', by: '王教授', at: iso(5.5 * minute), text: '请拍后缘裂缝照片。' },
    ],
    decision: null,
    version: 3,
  };
}
