import { z } from 'zod';
import { levelRank, warningLevels, type WarningLevel } from '../point/level.js';

/**
 * Who may stand in a county's roster, from the slope upwards: 村支书, 乡镇值班（自规所所长）, 分管乡长, 县值班员, 县自规局领导, 技术支撑单位, 专家, 分管县长, 县长.
 * The first, second and fourth hear of silent households as well (notify.md §4.6).
 */
export const rosterPosts = [
  'village',
  'township',
  'township-leader',
  'county',
  'bureau',
  'technical',
  'expert',
  'deputy-head',
  'head',
] as const;
/** With those of the work card: 监测员, 责任人, 疏散命令发布人. */
export const toldPosts = ['monitor', 'responsible', 'orders', ...rosterPosts] as const;
export type RosterPost = (typeof rosterPosts)[number];
export type ToldPost = (typeof toldPosts)[number];

/**
 * Level from which each is told of a warning inside (domain.md §2.8, Enshi: blue 监测员, 村支书, 乡自规所所长; yellow + 分管乡长, 县自规局领导, 技术支撑单位; orange +
 * 分管县长, 专家; red + 县长). The officer on duty is told from blue, where Enshi says orange: blue is watched around the clock (Chongqing,
 * ibid.). Who orders people to leave is asked to at the levels at which people leave. Lower: leaders learn not to read. Higher: whoever could
 * have sent the buses hears of it afterwards.
 */
export const defaultToldFrom: Readonly<Record<ToldPost, WarningLevel>> = {
  monitor: 'blue',
  responsible: 'blue',
  village: 'blue',
  township: 'blue',
  county: 'blue',
  'township-leader': 'yellow',
  bureau: 'yellow',
  technical: 'yellow',
  orders: 'orange',
  expert: 'orange',
  'deputy-head': 'orange',
  head: 'red',
};

/** What a county or one of its divisions says otherwise. The monitor is always told: nobody else stands at the slope. */
export const ToldFrom = z.partialRecord(z.enum(toldPosts).exclude(['monitor']), z.enum([...warningLevels, 'never']));
export type ToldFrom = z.infer<typeof ToldFrom>;

/** Whether somebody of a post is told at a level. @param says what stands above the defaults, the strongest last */
export const isTold = (post: ToldPost, level: WarningLevel, says: readonly (ToldFrom | undefined)[]): boolean => {
  const own = post === 'monitor' ? undefined : says.reduce<ToldFrom[keyof ToldFrom]>((found, one) => one?.[post] ?? found, undefined);
  const from = own ?? defaultToldFrom[post];
  return from !== 'never' && levelRank(level) >= levelRank(from);
};
