import type { WarningLevel } from '#libs/contracts';

/** Words of the consultation stage people read, Chinese first; nowhere else. */
export const levelWords: Readonly<Record<WarningLevel, { zh: string; en: string }>> = {
  blue: { zh: '蓝色', en: 'Blue' },
  yellow: { zh: '黄色', en: 'Yellow' },
  orange: { zh: '橙色', en: 'Orange' },
  red: { zh: '红色', en: 'Red' },
};

export const consultationTitle = (pointName: string, level: WarningLevel, exercise: boolean): string =>
  `${exercise ? '演练：' : ''}${pointName}${levelWords[level].zh}预警会商`;
