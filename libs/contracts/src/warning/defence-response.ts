import { z } from 'zod';
import { DivisionCode } from '../point/division.js';
import { UnifiedCode } from '../point/ids.js';
import { IsoTime } from '../time/time.js';

/** 防御响应 / 应急响应 Ⅰ–Ⅳ, I the gravest. A scale of its own (domain.md §2.8): what the authority does, not what the slope does. */
export const responseLevels = ['I', 'II', 'III', 'IV'] as const;
export const ResponseLevel = z.enum(responseLevels);
export type ResponseLevel = z.infer<typeof ResponseLevel>;

/** The body that orders it, as it signs: 县地质灾害应急指挥部. */
const Authority = z.string().trim().min(2).max(60);
const Why = z.string().trim().min(2).max(500);

export const ResponseStep = z.object({
  at: IsoTime,
  /** User name of who entered it. */
  by: z.string(),
  authority: z.string(),
  what: z.enum(['start', 'adjust', 'end']),
  level: ResponseLevel,
  reason: z.string(),
});
export type ResponseStep = z.infer<typeof ResponseStep>;

/** A response of a point or of a division: started, adjusted and ended by an authority, each step kept. No rule and no warning level moves it. */
export const DefenceResponse = z.object({
  id: z.string(),
  divisionCode: z.string(),
  /** Absent: the whole division. */
  hazardPoint: UnifiedCode.optional(),
  level: ResponseLevel,
  state: z.enum(['in-force', 'ended']),
  /** The warning that gave rise to it. */
  warning: z.string().optional(),
  steps: z.array(ResponseStep).min(1),
  version: z.number().int(),
});
export type DefenceResponse = z.infer<typeof DefenceResponse>;

export const DefenceResponseCreate = z
  .strictObject({
    hazardPoint: UnifiedCode.optional(),
    divisionCode: DivisionCode.optional(),
    level: ResponseLevel,
    authority: Authority,
    reason: Why,
    warning: z.string().min(1).max(80).optional(),
  })
  .refine(({ hazardPoint, divisionCode }) => (hazardPoint === undefined) !== (divisionCode === undefined), {
    message: 'name a hazard point or a division, not both',
    path: ['hazardPoint'],
  });
export type DefenceResponseCreate = z.infer<typeof DefenceResponseCreate>;

export const DefenceResponseAdjust = z.strictObject({ level: ResponseLevel, authority: Authority, reason: Why });
export type DefenceResponseAdjust = z.infer<typeof DefenceResponseAdjust>;
export const DefenceResponseEnd = z.strictObject({ authority: Authority, reason: Why });
export type DefenceResponseEnd = z.infer<typeof DefenceResponseEnd>;
