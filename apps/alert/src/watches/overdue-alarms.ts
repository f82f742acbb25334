import { isOut } from '#libs/alert';
import type { SystemAlarm, WarningRecord } from '#libs/contracts';

/** The alarm that orange or red is confirmed, the households hold nothing of it, and nobody has decided in time. */
export function decideAlarm({ id, level, exercise, hazardPoint, releases, state }: WarningRecord, pointName: string): SystemAlarm {
  const { asked } = releases.public;
  const mark = exercise ? { zh: '演练：', en: 'Exercise: ' } : { zh: '', en: '' };
  return {
    code: `decide-overdue:${id}`,
    owner: 'signer',
    level,
    standing: state === 'confirmed' && asked?.what === 'decide' && asked.step > 0,
    about: [hazardPoint],
    text: {
      zh: `${mark.zh}${pointName} 的预警已确认而住户未通知，逾期未研判，请签发人立即发布、撤销或关闭`,
      en: `${mark.en}The warning of ${pointName} is confirmed, the households have not been told, and nobody has decided in time: publish, withdraw or close it`,
    },
  };
}

/** The alarm that a message of the plan is out and nobody stands behind it; standing while that is so, and somebody may still ratify it. */
export function ratifyAlarm({ id, level, exercise, hazardPoint, releases }: WarningRecord, pointName: string): SystemAlarm {
  const { state, ratified, ratifyOverdue } = releases.public;
  const mark = exercise ? { zh: '演练：', en: 'Exercise: ' } : { zh: '', en: '' };
  return {
    code: `ratify-overdue:${id}`,
    owner: 'signer',
    level,
    standing: isOut(state) && !ratified && ratifyOverdue === true,
    about: [hazardPoint],
    text: {
      zh: `${mark.zh}${pointName} 的预警已按预授权方案向公众发布，逾期未补签，请签发人立即补签、调整或撤销`,
      en: `${mark.en}The warning of ${pointName} was published by its plan and nobody has ratified it in time: sign, adjust or withdraw it`,
    },
  };
}
