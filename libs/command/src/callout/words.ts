import type { CalloutStep, ReportParty, WarningLevel } from '#libs/contracts';

/** Words of the printed and the tabular report, Chinese first. */
export const reportWords = {
  title: '预警叫应报告 Report of call and response',
  exercise: '演练 EXERCISE',
  scope: { internal: '内部（责任链） Chain', public: '公众（受威胁住户） Households' },
  level: { red: '红色 Red', orange: '橙色 Orange', yellow: '黄色 Yellow', blue: '蓝色 Blue' } satisfies Record<WarningLevel, string>,
  state: {
    waiting: '未到达 Not reached',
    reached: '已到达未回应 Reached, no answer',
    ack: '已回应 Answered',
    help: '求助 Asked for help',
    safe: '已平安 Safe',
    visited: '已上门见面 Met in person',
  } satisfies Record<ReportParty['state'], string>,
  via: { sms: '短信 SMS', voice: '电话按键 Call', app: '值班登记 Noted', task: '上门 At the door' },
  step: {
    'call-again': '再次呼叫户主 Called again',
    'call-others': '呼叫其他联系人、监测员 Other numbers',
    'tell-village': '通知村 Village told',
    'tell-township': '通知乡镇 Township told',
    knock: '派人敲门、报县 Somebody knocks, county told',
    list: '再发未回应名单 List again',
  } satisfies Record<CalloutStep, string>,
  task: { door: '敲门 Knock', 'call-back': '回电 Call back' } as Record<string, string>,
  outcome: {
    done: '已办 Done',
    visited: '已见面 Met',
    refused: '拒绝撤离 Refused',
    failed: '未找到 Not found',
    withdrawn: '已撤回 Withdrawn',
  },
  open: '未办 Open',
} as const;

export const columns = {
  scope: '范围 Scope',
  version: '版本 Version',
  level: '级别 Level',
  name: '户主/姓名 Name',
  phones: '电话 Phone',
  address: '住址 Address',
  members: '人数 People',
  state: '情况 State',
  reachedAt: '到达时间 Reached at',
  answeredAt: '回应时间 Answered at',
  via: '方式 How',
  elapsed: '用时(秒) Seconds',
  messages: '消息 Messages',
  tasks: '任务 Tasks',
} as const;
