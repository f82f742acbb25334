import type { Reason } from '#libs/contracts';

/**
 * Why alert did what it did: the one place of these texts, Chinese first. The code is what is stored, logged and
 * counted; rule reasons (which indicator, which threshold) stand beside it.
 */
const texts = {
  'opened-candidate': ['规则触发，尚未确认', 'A rule holds, not yet confirmed'],
  'opened-confirmed': ['规则触发并已确认', 'A rule holds and is confirmed'],
  'level-rise': ['等级上升', 'Level rose'],
  'level-fall': ['等级下降，不自动发布', 'Level fell; nothing is released by itself'],
  'rule-confirmed': ['规则条件全部满足，确认', 'Everything the rule asks for holds: confirmed'],
  'rule-released': ['规则不再触发，等待人工处置', 'The rule no longer holds; a person closes the warning'],
  'rule-returned': ['规则再次触发', 'The rule holds again'],
  'candidate-above': ['出现更高等级候选，待佐证', 'A stronger candidate stands above the confirmed level'],
  'candidate-ended': ['更高等级候选未获佐证，已消失', 'The stronger candidate fell back unconfirmed'],
  'candidate-moved': ['更高等级候选变化', 'The stronger candidate changed'],
  'candidate-lapsed': ['候选未获确认即回落', 'The candidate fell back unconfirmed'],
  'cannot-judge': ['数据不足，无法判断（灰）', 'Not enough data to judge (grey)'],
  'late-data': ['迟到数据订正，不发声', 'Corrected by late data; sounds nowhere'],
  silenced: ['静默中，内部消息暂不发送', 'Silenced: messages inside are held back'],
  'silence-ended': ['静默结束', 'The silence ended'],
  'in-maintenance': [
    '触发仪器正在维护，仅作候选，须人工核实',
    'The instruments that raised it are worked on: a candidate for a person to verify',
  ],
  'maintenance-over': ['维护结束而等级仍在，要求现场核查', 'Maintenance ended and the level still holds: somebody has to look'],
  'nothing-held-back': ['暂缓的消息已无须发送', 'What was held back need not be told any more'],
  'held-after-end': ['处置后规则等级变化', 'What the rule holds changed after the warning ended'],
  'new-episode': ['解除后再次上升，另立新预警', 'Rose again after the all-clear: a new warning was opened'],
  'internal-automatic': ['内部自动发送', 'Told internally, automatically'],
  'inspection-ordered': ['要求现场核查', 'Inspection on site ordered'],
  'plan-immediate': ['按预授权方案立即发布，待补签', 'Published at once under the pre-authorised plan, to be ratified'],
  'plan-delayed': ['按授权方案到时自动发布，待补签', 'Published after the delay of the plan, to be ratified'],
  'plan-scheduled': ['已排定自动发布', 'Scheduled to publish by itself'],
  'plan-withdrawn': ['等级变化，取消自动发布', 'The level changed: the scheduled release is withdrawn'],
  'validity-ended': ['有效期已过', 'Validity ended'],
  'exercise-ended': ['演练结束', 'The exercise ended'],
  'told-of-expiry': ['已告知预警到期；未发解除', 'Told that the warning has lapsed; no all-clear was given'],
  'validity-renewed': ['有效期到但规则仍触发，续期', 'Validity ended while the rule still holds: renewed'],
  'person-acknowledged': ['值班员已知悉', 'Acknowledged'],
  'person-confirmed': ['人工确认', 'Confirmed by a person'],
  'person-closed': ['人工关闭', 'Closed by a person'],
  'person-cancelled': ['人工撤销', 'Withdrawn by a person'],
  'person-all-clear': ['人工解除', 'All-clear given by a person'],
  'person-released': ['人工推进发布流程', 'Release moved on by a person'],
  'person-published': ['签发后发布', 'Published after signature'],
  'person-adjusted': ['人工调整等级', 'Level adjusted by a person'],
  'person-ratified': ['补签', 'Release ratified by a signer'],
  'person-disposed': ['补录处置类型', 'Disposal recorded by a person'],
  'second-asked': ['等待第二人会签', 'Waits for a second person to sign'],
  'ratify-overdue': ['自动发布后逾期未补签', 'Published under the plan and not ratified in time'],
  'ratify-asked-above': ['逾期未补签，已请上一级督促', 'Not ratified in time: whoever stands above was asked'],
  'decide-asked-above': ['逾期未研判发布，已请上一级督促', 'Not decided in time: whoever stands above was asked'],
  latched: ['等级反复升降，锁定在较高等级，待人工查看', 'The level goes up and down: held at the higher one until a person has looked'],
  unlatched: ['人工已查看，解除锁定', 'A person has looked: no longer held'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type AlertReason = keyof typeof texts;

/** The named reason as it is stored. */
export function because(code: AlertReason): Reason {
  const [zh, en] = texts[code];
  return { code, text: { zh, en } };
}
