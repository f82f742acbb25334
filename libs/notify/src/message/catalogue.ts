import type { WarningLevel } from '#libs/contracts';

/**
 * Every text that leaves the system by SMS, as the vendor approves it: `${name}` marks a variable. Rules of the vendor
 * (notify.md §1.6): no 【】, no text of variables alone, text between two variables, no telephone number.
 */
const texts = {
  // Five elements of a warning: source (sign), hazard, place, action, time; the action loud, in one part.
  'household:red': '地灾红色预警：${where}。立即沿${route}撤到${shelter}，勿返回取物。${time}发布。收到回1，求助回2',
  'household:red:no-route': '地灾红色预警：${where}。立即撤到${shelter}，勿返回取物。${time}发布。收到回1，求助回2',
  'household:orange': '地灾橙色预警：${where}。老人小孩先转移到${shelter}，其他人做好撤离准备，勿去危险坡下。${time}发布。收到回1',
  'household:yellow': '地灾黄色预警：${where}。请留意房前屋后裂缝落石，备好应急物品，听从通知。${time}发布',
  'household:blue': '地灾蓝色预警：${where}。请留意坡面变化和后续通知。${time}发布',
  // What changes, withdraws or ends a message names the first one (DB45T 2427): by its time, with the day when it is another; a rise to red says
  // the whole text anew, for what counts then is the action.
  'household:adjust:orange':
    '地灾预警调整为橙色：${where}，原${first}首发${was}。老人小孩先转移到${shelter}，其他人做好撤离准备，勿去危险坡下。${time}发布。收到回1',
  'household:adjust:yellow':
    '地灾预警调整为黄色：${where}，原${first}首发${was}。请留意房前屋后裂缝落石，备好应急物品，听从通知。${time}发布',
  'household:adjust:blue': '地灾预警调整为蓝色：${where}，原${first}首发${was}。请留意坡面变化和后续通知。${time}发布',
  'household:cancel': '地灾预警取消：${where}于${first}首发的${level}预警${time}取消，听从村组安排，留意坡面变化',
  'household:all-clear':
    '地灾预警解除：${where}于${first}首发的${level}预警${time}解除，经核查可返家，雨后勿靠近危险坡，见新裂缝即报监测员',
  'staff:inspect': '地灾核查：${where}达${level}阈值，请到现场核查回报，注意安全。${time}发布。收到回1',
  'staff:warning': '地灾${level}预警：${where}，威胁${people}人。请到岗按预案处置。${time}发布。收到回1',
  'staff:adjust': '地灾预警调整为${level}：${where}，原${first}首发${was}。请按预案处置。${time}发布。收到回1',
  'staff:cancel': '地灾预警取消：${where}于${first}首发的${level}预警${time}取消，请通知到户。收到回1',
  'staff:all-clear': '地灾预警解除：${where}于${first}首发的${level}预警${time}解除，请通知到户。收到回1',
  // Blue and yellow ask for eyes, not for the plan (domain.md §2.8): calling people to their post for each teaches them to stay home.
  'staff:watch': '地灾${level}预警：${where}，威胁${people}人。请加密巡查，保持通信。${time}发布。收到回1',
  // 叫应 (notify.md §4.6): who has not answered, for those who can go there.
  'staff:silent': '地灾叫应：${where}尚有${people}户未回应：${names}。请立即上门通知转移。${time}发布。收到回1',
  'staff:silent-staff': '地灾叫应：${where}尚有${people}名值守人员未回应：${names}。请立即联系到人。${time}发布。收到回1',
  'staff:help': '地灾求助：${where}住户${names}求助，请立即联系救援。${time}发布。收到回1',
  // What we write back, at most once in ten minutes a number.
  'reply:ack': '已收到您的回复。请按预警要求行动，平安到达后回3，需要帮助回2',
  'reply:help': '已收到您的求助，工作人员马上联系您。请先离开危险区域，保持电话畅通',
  'reply:safe': '已记录您平安。未接到解除通知前请勿返回',
  'reply:opt-out': '您的退订意愿已登记。红色和橙色预警关系生命安全，仍会发送',
  'reply:free-text': '已收到您的留言，值班人员会查看。收到预警请回1，求助回2，平安回3',
  // A message that lapsed without an all-clear: nobody may take its end for one.
  'household:expired': '地灾预警到期：${where}于${first}首发的${level}预警${time}到期。未接到解除通知前请勿返回',
  'staff:expired': '地灾预警到期：${where}于${first}首发的${level}预警${time}到期未解除，请核查办理。收到回1',
  // What goes out when the vendor refuses a text: no word of it comes from a card or a name.
  'plain:household:red': '地灾红色预警：隐患点危险。立即按明白卡撤到安置点，勿返回取物。${time}发布。收到回1，求助回2',
  'plain:household': '地灾${level}预警：您家所在隐患点有变化，请听从村组通知，做好转移准备。${time}发布。收到回1',
  'plain:staff': '地灾${level}预警信息：您负责的隐患点有变化，请到岗并查看系统。${time}发布。收到回1',
  'plain:calm': '地灾预警信息更新：${first}首发的${level}预警有变化，请听从村组安排，留意坡面。${time}发布',
  // An all-clear of red that would not fit one part.
  'household:all-clear:short': '预警解除：${where}于${first}首发的${level}预警${time}解除，可返家，勿近险坡，见裂缝即报',
  // 疏散命令发布人 (domain.md §3.1a): nobody leaves before this person says so.
  'staff:order:red': '地灾红色预警：${where}，威胁${people}人。请立即下达撤离命令，逐户转移。${time}发布。收到回1',
  'staff:order:orange': '地灾橙色预警：${where}，威胁${people}人。请研判下达撤离命令，先转移老人小孩。${time}发布。收到回1',
  // Those above (domain.md §2.8): told, and not called again when they are silent.
  'staff:informed': '地灾${level}预警：${where}，威胁${people}人。请知悉并按职责督导处置。${time}发布',
  // What waits for a person (docs/adr/0037).
  'duty:ratify': '地灾${level}预警已按预案发布：${where}。请于${by}前补签或撤销。${time}发布',
  'duty:ratify:overdue': '地灾${level}预警已按预案发布，逾期未补签：${where}。请立即督促补签或撤销。${time}发布',
  'duty:decide': '地灾${level}预警待发布：${where}已确认，住户未通知。请于${by}前研判处置。${time}发布',
  'duty:decide:overdue': '地灾${level}预警逾期未研判：${where}已确认，住户未通知。请立即督促研判。${time}发布',
} as const;

export type TemplateName = keyof typeof texts;

export interface MessageTemplate {
  /** Name, with `drill:` in front for the drill's own template. What a county maps to the vendor's code in its settings. */
  id: string;
  /** Default code; the vendor assigns its own at approval. */
  code: string;
  text: string;
}

/** Drills have their own templates, so that no wrong parameter can turn a drill into a warning or back. */
export const DRILL_MARK = '演练：';

const names = Object.keys(texts) as TemplateName[];
const plain = names.map((name, index): MessageTemplate => ({ id: name, code: `SMS_${900_001 + index}`, text: texts[name] }));
const drill = names.map((name, index): MessageTemplate => ({
  id: `drill:${name}`,
  code: `SMS_${900_101 + index}`,
  text: DRILL_MARK + texts[name],
}));

/** All templates, warnings first. */
export const messageTemplates: readonly MessageTemplate[] = [...plain, ...drill];
const byId = new Map(messageTemplates.map((template) => [template.id, template]));

/** Names that can carry a red message: these must fit one part whatever the card says. */
export const redTemplates: readonly TemplateName[] = [
  'household:red',
  'household:red:no-route',
  'plain:household:red',
  'plain:staff',
  'plain:calm',
  'household:cancel',
  'household:all-clear:short',
  'household:expired',
  'staff:inspect',
  'staff:warning',
  'staff:adjust',
  'staff:cancel',
  'staff:all-clear',
  'staff:expired',
  'staff:order:red',
  'staff:informed',
  'duty:ratify',
  'duty:ratify:overdue',
  'duty:decide',
  'duty:decide:overdue',
];

/**
 * A template with the code in force.
 * @param codes codes the vendor assigned, by template id (settings)
 */
export function templateOf(name: TemplateName, exercise: boolean, codes: Readonly<Record<string, string>> = {}): MessageTemplate {
  const id = exercise ? `drill:${name}` : name;
  const template = byId.get(id);
  if (!template) throw new Error(`libs/notify: no template ${id}`);
  return { ...template, code: codes[id] ?? template.code };
}

/** What a household is told at a level. */
export const householdWarning: Readonly<Record<WarningLevel, TemplateName>> = {
  red: 'household:red',
  orange: 'household:orange',
  yellow: 'household:yellow',
  blue: 'household:blue',
};

/**
 * A change to red says the same as a first red: the action is what counts. The shortest that names the first message, `（原15:20）` after the heading, takes
 * 8 characters, 11 on another day. Under the longest sign, with impact and route dropped and the shelter on the card, 11 characters are left of 67 for
 * the place without it and 3 or 0 with it; nine are promised, and action and place never give way.
 */
export const householdAdjust: Readonly<Record<WarningLevel, TemplateName>> = {
  red: 'household:red',
  orange: 'household:adjust:orange',
  yellow: 'household:adjust:yellow',
  blue: 'household:adjust:blue',
};

/** What monitors, responsible persons and duty are asked to do at a level. */
export const staffWarning: Readonly<Record<WarningLevel, TemplateName>> = {
  red: 'staff:warning',
  orange: 'staff:warning',
  yellow: 'staff:watch',
  blue: 'staff:watch',
};

const variable = /\$\{([a-z]+)\}/g;

/** Names of the variables of a template text, in order. */
export const variablesOf = (text: string): string[] => [...text.matchAll(variable)].map((match) => match[1] ?? '');

/**
 * What the provider makes of a template and its parameters.
 * @throws if a parameter is missing or one too many: the vendor would refuse it (`isv.TEMPLATE_MISSING_PARAMETERS`)
 */
export function fill(text: string, params: Readonly<Record<string, string>>): string {
  const wanted = variablesOf(text);
  const extra = Object.keys(params).filter((name) => !wanted.includes(name));
  if (extra.length > 0) throw new Error(`libs/notify: parameters the template does not have: ${extra.join(', ')}`);
  return text.replace(variable, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') throw new Error(`libs/notify: parameter ${name} is missing`);
    return value;
  });
}
