import { z } from 'zod';
import { UnifiedCode } from '../point/ids.js';

import { TaskRole, TaskText } from './task.js';
import { IsoTime } from '../time/time.js';

/** One step of a response plan: what is done at a level, by whom, in which time. */
export const PlanStep = z.strictObject({
  /** Its name in the plan; the task made from it is known by it. */
  key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'key: lower-case letters, digits and -'),
  title: TaskText,
  owner: z.strictObject({ role: TaskRole, person: z.string().min(1).max(40).optional() }),
  /** Minutes from the message on. Shorter than a walk up the slope: overdue every time, and nobody looks any more. */
  withinMinutes: z.number().int().min(1).max(10_080),
});
export type PlanStep = z.infer<typeof PlanStep>;

const Steps = z
  .array(PlanStep)
  .max(20)
  .refine((steps) => new Set(steps.map(({ key }) => key)).size === steps.length, { message: 'keys: each once a level' });

/** Steps of each level; a level without steps asks nobody for anything. */
export const PlanLevels = z.strictObject({ red: Steps, orange: Steps, yellow: Steps, blue: Steps });
export type PlanLevels = z.infer<typeof PlanLevels>;

/** 应急预案 of one point. Version 0 is the default plan: nobody has written one. */
export const ResponsePlan = z.object({
  hazardPoint: UnifiedCode,
  levels: PlanLevels,
  version: z.number().int(),
  updatedBy: z.string(),
  updatedAt: IsoTime.nullable(),
});
export type ResponsePlan = z.infer<typeof ResponsePlan>;

export const ResponsePlanPut = z.strictObject({
  levels: PlanLevels,
  /** The version it is a change of; absent: whatever stands. */
  version: z.number().int().optional(),
});
export type ResponsePlanPut = z.infer<typeof ResponsePlanPut>;

const step = (key: string, role: TaskRole, withinMinutes: number, zh: string, en: string): PlanStep => ({
  key,
  owner: { role },
  withinMinutes,
  title: { zh, en },
});

/** What is done at each colour where a point has no plan of its own: the measures of Chongqing (domain.md §2.8), a task each. */
export const defaultPlanLevels: PlanLevels = {
  blue: [
    step('watch', 'duty', 30, '落实 24 小时值班，通知责任人', 'Watch round the clock; tell the responsible persons'),
    step('patrol', 'monitor', 240, '巡查隐患点，查看裂缝、落石、水色', 'Patrol: cracks, fallen stones, colour of the water'),
  ],
  yellow: [
    step('consult', 'duty', 60, '组织会商研判', 'Call the consultation'),
    step('prepare', 'village', 60, '通知受威胁群众做好转移准备', 'Tell the threatened people to be ready to go'),
    step('patrol', 'monitor', 120, '高风险区加密巡查', 'Denser patrol of the high-risk zone'),
  ],
  orange: [
    step('densify', 'technical', 30, '加密监测，核对设备', 'Denser monitoring; check the instruments'),
    step('report', 'duty', 30, '向市级指挥部报告', 'Report to the city’s headquarters'),
    step(
      'evacuate-first',
      'village',
      60,
      '必要时提前转移老人、儿童和近坡住户',
      'Move the old, children and those nearest the slope ahead of time',
    ),
    step('close-roads', 'township', 60, '管制受威胁道路，关闭景区', 'Control the threatened road; close scenic spots'),
  ],
  red: [
    step('evacuate', 'village', 15, '组织全部受威胁群众沿撤离路线转移', 'Lead everyone threatened out along the route'),
    step('stop-all', 'township', 15, '“熔断”：停工、停业、停课、停运，封闭道路', 'Stop everything: work, trade, school, traffic'),
    step('report', 'duty', 15, '向县、市指挥部报告', 'Report to county and city headquarters'),
    step('cordon', 'responsible', 30, '设警戒，劝阻返回', 'Cordon the slope; keep people from returning'),
    step('count', 'village', 60, '在安置点核对人数，报未到户', 'Count heads at the shelter; report who is missing'),
  ],
};
/** The plan of a point nobody has written one for. */
export const defaultPlan = (hazardPoint: string): ResponsePlan => ({
  hazardPoint,
  levels: defaultPlanLevels,
  version: 0,
  updatedBy: 'default',
  updatedAt: null,
});
