import type { DeliveryKind, HazardKind, WarningLevel } from '#libs/contracts';

/** Words of messages, in one place. */
export const levelWord: Readonly<Record<WarningLevel, string>> = { red: '红色', orange: '橙色', yellow: '黄色', blue: '蓝色' };

/** What is happening, four to five characters, said only when there is room (shortening order: impact first). */
export const impactWord: Readonly<Record<HazardKind, string>> = {
  landslide: '滑坡加速',
  collapse: '崩塌危险',
  'debris-flow': '泥石流危险',
  'ground-collapse': '地面塌陷',
  'ground-fissure': '地裂扩展',
  'land-subsidence': '地面沉降',
  'unstable-slope': '斜坡变形',
  'open-pit-slope': '边坡变形',
  'tailings-pond': '尾矿库险情',
};

/** Endings a point's name carries that say its kind, not its place: 石碑村3组滑坡隐患点 → 石碑村3组. Longest first. */
export const kindEndings = [
  '地质灾害隐患点',
  '地质灾害点',
  '不稳定斜坡',
  '隐患点',
  '监测点',
  '泥石流沟',
  '泥石流',
  '地面塌陷',
  '地裂缝',
  '地面沉降',
  '滑坡',
  '崩塌',
  '斜坡',
  '边坡',
] as const;

/** When a card names no usable shelter, or one too long for the message: the household holds the card. */
export const SHELTER_ON_CARD = '明白卡安置点';
/** When a point's name leaves nothing that may be sent. */
export const PLACE_UNNAMED = '您所在地';

/** What a message is about, for channels with a title: the drill first, so that nobody runs before they have read on. */
export function messageTitle(about: { level: WarningLevel; kind: DeliveryKind; exercise: boolean } | undefined): string {
  if (!about) return '地质灾害预警系统测试 · Test message';
  const { level, kind, exercise } = about;
  const what: Readonly<Record<DeliveryKind, string>> = {
    inspect: '请核查',
    warning: '预警',
    adjust: '预警调整',
    cancel: '预警取消',
    'all-clear': '预警解除',
    expired: '预警到期',
    reminder: '预警待办',
  };
  return `${exercise ? '【演练】' : ''}地质灾害${levelWord[level]}${what[kind]}`;
}
