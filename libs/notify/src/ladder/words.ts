import type { Callout, SystemAlarm } from '#libs/contracts';
import { levelWord } from '../message/words.js';

/** Words of the call-out that people read on the wall; Chinese first. No name: a wall is read by everybody. */
export const taskTitles = {
  knock: { zh: '敲门（鸣锣）通知转移', en: 'Knock on the door (or sound the gong): they have to leave' },
  reach: { zh: '联系未回应的值守人员', en: 'Reach somebody of the chain who has not answered' },
  callBack: { zh: '回电求助住户', en: 'Call back a household that asked for help' },
} as const;

const levelEn = { red: 'red', orange: 'orange', yellow: 'yellow', blue: 'blue' } as const;
const exercise = (callout: Callout): { zh: string; en: string } =>
  callout.exercise ? { zh: '演练：', en: 'Exercise: ' } : { zh: '', en: '' };

/** Stands until somebody has taken up every call for help of the warning. */
export const helpAlarm = (callout: Callout, households: number): SystemAlarm => ({
  code: `help:${callout.warningId}`,
  level: 'red',
  standing: true,
  owner: 'duty',
  about: [callout.hazardPoint],
  text: {
    zh: `${exercise(callout).zh}${callout.pointName}：${households} 户求助，请立即回电`,
    en: `${exercise(callout).en}${callout.pointName}: ${households} asked for help, call back now`,
  },
});

/** Stands from the knock until nobody is silent or waits for help. */
export const silentAlarm = (callout: Callout, open: number): SystemAlarm => {
  const who = callout.scope === 'public' ? (['户', 'households'] as const) : (['名值守人员', 'of the chain'] as const);
  return {
    code: `silent:${callout.scope}:${callout.warningId}`,
    level: callout.level,
    standing: true,
    owner: 'duty',
    about: [callout.hazardPoint],
    text: {
      zh: `${exercise(callout).zh}${callout.pointName}${levelWord[callout.level]}预警：${open} ${who[0]}未叫应，须上门或电话联系到人`,
      en: `${exercise(callout).en}${callout.pointName}, ${levelEn[callout.level]}: ${open} ${who[1]} have not answered; somebody has to go or call`,
    },
  };
};
