import type { HazardKind, WarningLevel } from '#libs/contracts';

/** Texts of CAP messages, Chinese first, in one place. */
export interface Words {
  zh: string;
  en: string;
}

export const hazardWords: Readonly<Record<HazardKind, Words>> = {
  landslide: { zh: '滑坡', en: 'Landslide' },
  collapse: { zh: '崩塌', en: 'Rockfall or collapse' },
  'debris-flow': { zh: '泥石流', en: 'Debris flow' },
  'ground-collapse': { zh: '地面塌陷', en: 'Ground collapse' },
  'ground-fissure': { zh: '地裂缝', en: 'Ground fissure' },
  'land-subsidence': { zh: '地面沉降', en: 'Land subsidence' },
  'unstable-slope': { zh: '不稳定斜坡', en: 'Unstable slope' },
  'open-pit-slope': { zh: '露天边坡', en: 'Open-pit slope' },
  'tailings-pond': { zh: '尾矿库', en: 'Tailings pond' },
};

export const levelWords: Readonly<Record<WarningLevel, Words>> = {
  red: { zh: '红色', en: 'red' },
  orange: { zh: '橙色', en: 'orange' },
  yellow: { zh: '黄色', en: 'yellow' },
  blue: { zh: '蓝色', en: 'blue' },
};

/** What is expected, by level: the colours' meaning of domain.md §2.8. */
export const expectation: Readonly<Record<WarningLevel, Words>> = {
  red: { zh: '监测显示即将失稳，危险随时发生', en: 'Monitoring shows that failure is imminent' },
  orange: { zh: '监测显示变形加剧，发生危险的可能性大', en: 'Monitoring shows accelerating movement; failure is likely' },
  yellow: { zh: '监测显示变形明显，有发生危险的可能', en: 'Monitoring shows marked movement; failure is possible' },
  blue: { zh: '监测显示出现变形迹象', en: 'Monitoring shows first signs of movement' },
};

/** What people are to do: the same actions as the messages to households (libs/notify/src/message/catalogue.ts). */
export const action: Readonly<Record<WarningLevel, Words>> = {
  red: {
    zh: '立即沿避险明白卡上的路线撤离到安置点，勿返回取物。',
    en: 'Leave at once by the route on your household card and go to the shelter. Do not go back for belongings.',
  },
  orange: {
    zh: '老人小孩先转移到安置点，其他人做好撤离准备，勿去危险坡下。',
    en: 'Move the elderly and children to the shelter first; everybody else be ready to leave. Keep away from the slope.',
  },
  yellow: {
    zh: '请留意房前屋后裂缝落石，备好应急物品，听从通知。',
    en: 'Watch for cracks and falling stones around the house, keep emergency supplies at hand and follow the announcements.',
  },
  blue: { zh: '请留意坡面变化和后续通知。', en: 'Watch the slope and follow the announcements.' },
};

export const calm = {
  cancel: {
    description: { zh: '此前发布的预警取消。', en: 'The warning issued before is cancelled.' },
    action: { zh: '请听从村组安排，仍要留意坡面变化。', en: 'Follow the instructions of the village; keep watching the slope.' },
  },
  'all-clear': {
    description: { zh: '经核查危险已解除。', en: 'The danger has been found to be over.' },
    action: {
      zh: '可以返家，雨后勿靠近危险坡，见新裂缝即报监测员。',
      en: 'You may return home. Keep away from the slope after rain and report new cracks to the monitor.',
    },
  },
} as const;

export const headline = {
  warning: (level: Words, hazard: Words, place: string): Words => ({
    zh: `${place}${hazard.zh}${level.zh}预警`,
    en: `${capital(level.en)} warning, ${hazard.en.toLowerCase()}: ${place}`,
  }),
  adjust: (level: Words, hazard: Words, place: string): Words => ({
    zh: `${place}${hazard.zh}预警调整为${level.zh}`,
    en: `Warning changed to ${level.en}, ${hazard.en.toLowerCase()}: ${place}`,
  }),
  cancel: (level: Words, hazard: Words, place: string): Words => ({
    zh: `${place}${hazard.zh}${level.zh}预警取消`,
    en: `${capital(level.en)} warning cancelled, ${hazard.en.toLowerCase()}: ${place}`,
  }),
  'all-clear': (level: Words, hazard: Words, place: string): Words => ({
    zh: `${place}${hazard.zh}${level.zh}预警解除`,
    en: `All clear after ${level.en} warning, ${hazard.en.toLowerCase()}: ${place}`,
  }),
};

/** In front of everything people read in a drill. */
export const exerciseMark: Words = { zh: '演练：', en: 'EXERCISE: ' };
/** CAP 1.2 §3.2.1: `note` says what an exercise is about. */
export const exerciseNote = '演练，非真实预警。Exercise, not a real warning.';

export const areaWords = (place: string, drawn: boolean): Words =>
  drawn
    ? { zh: `${place}危险区`, en: `Danger zone of ${place}` }
    : { zh: `${place}周边，危险区尚未划定`, en: `Surroundings of ${place}; its danger zone has not been drawn` };

export const feedTitle = (countyName: string): string => `${countyName} 地质灾害预警 Geohazard warnings`;

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
