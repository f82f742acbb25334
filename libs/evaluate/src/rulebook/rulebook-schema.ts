import { z } from 'zod';
import { HazardKind, HazardPoint, WarningLevel } from '#libs/contracts';
import { ConditionText } from '../conditions/condition.js';
import { IndicatorText } from '../detectors/index.js';
import { Text } from '../detectors/kind.js';
import { DurationText, IntervalsText, PercentText } from '../text/quantity.js';

const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected small letters, digits and -, beginning with a letter');

/** Which points a rulebook may be given to; a part left out excludes nothing. `scopeFault` enforces it. */
const Scope = z.strictObject({
  kinds: z.array(HazardKind).min(1).describe('隐患点类型 / kinds of hazard point'),
  divisions: z
    .array(z.string().regex(/^\d{2,12}$/, 'expected a division code of 2 to 12 digits'))
    .min(1)
    .optional()
    .describe('行政区划代码或其前缀 / division codes or their beginnings'),
  materials: z.array(HazardPoint.shape.material.unwrap()).min(1).optional().describe('岩土类型 / material of the slope'),
  profiles: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('至少有一台此类仪器 / the point has at least one instrument of these profiles'),
  points: z.array(z.string().min(1)).min(1).optional().describe('隐患点统一编号 / unified codes of hazard points'),
});

const Persistence = z.strictObject({
  /** Samples of one instrument that hold the level. 1 raises on a single spike; 5 at one an hour comes too late. */
  samples: z.number().int().min(1).max(100).describe('一台仪器须有几个样本达到 / samples of one instrument that must hold the level'),
  /** …of so many in a row; without it all of them in a row (n of m: a single sample that misses does not begin anew). */
  of: z.number().int().min(1).max(200).optional().describe('在连续几个样本之中 / out of so many in a row'),
  /** Smallest distance between two samples that count, device time: a burst of one second is one observation. */
  apart: DurationText.describe('两个计数样本的最小间隔 / smallest distance of two samples that count'),
  /** Instruments that must each hold the level before it is confirmed. */
  instruments: z.number().int().min(1).max(20).describe('须有几台仪器同时支持 / instruments that must hold it'),
  /** Different physics on different devices: sensor codes such as L1_GP and L1_LF. Two antennas share their error, an antenna and a crack meter don't. */
  kinds: z
    .number()
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe('须有几类不同仪器（传感器编码不同、设备不同）/ independent kinds of sensor, on different devices'),
  /** Instruments corroborate one another within this time of each other; without it only while they hold the level together. */
  within: DurationText.optional().describe('相互印证的时间范围 / how far apart they may have held it'),
  /** A second sign that confirms what one instrument has held long enough. */
  'or-with': ConditionText.optional().describe('或由另一征兆印证 / or confirmed by another sign'),
});

const Hysteresis = z.strictObject({
  fallback: PercentText.describe('低于阈值的百分之几开始回落 / share of the threshold below which a level begins to fall back'),
  after: DurationText.describe('持续低于多久后解除 / how long below before it is given up'),
});

/** The way down (algorithms.md B4): up at once, down only with data of every instrument that held the level. */
const Downgrade = z.strictObject({
  /** Samples below the fallback bound each of them must have sent. Silence never counts as one. */
  samples: z
    .number()
    .int()
    .min(1)
    .max(100)
    .describe('每台触发仪器须有几个回落样本 / samples below, of each instrument that held the level'),
  /** A level stays at least this long after a sample last held it. */
  validity: DurationText.default(0).describe('最后一次达到后至少保持多久 / a level stays at least so long after it was last held'),
  /** Shown as under extended watch for this long after a level was given up. */
  watch: DurationText.default(0).describe('解除后加密观察多久 / extended watch after it was given up'),
});

const Level = z.strictObject({
  when: ConditionText,
  persistence: Persistence.partial().default({}),
  hysteresis: Hysteresis.partial().default({}),
});

/** What is asked of the devices of a point while it holds a level. */
const Response = z.strictObject({
  upload: DurationText.refine((ms) => ms >= 10_000, 'expected at least 10 s: nothing in the field uploads faster for long')
    .refine((ms) => ms % 1000 === 0, 'expected whole seconds')
    .describe('上传间隔 / upload interval'),
});

/** A rulebook file. Missing-data policy, persistence, hysteresis, cool-down and clock are required: each left out would be someone's guess. */
export const RulebookText = z.strictObject({
  rulebook: Name,
  title: Text,
  /** `placeholder`: defaults from the literature, to be replaced and signed by the technical unit of the point. */
  status: z.enum(['placeholder', 'acceptance', 'signed']),
  note: Text.optional(),
  scope: Scope,
  clock: z.literal('event', { error: 'expected "event": judgement follows device time' }),
  missing: z.strictObject({
    'silent-after': IntervalsText,
    /** One silent instrument of several: `any` greys the point, `all` only when nothing that was known speaks against a level. */
    'unknown-when': z.enum(['any', 'all']),
  }),
  persistence: Persistence,
  hysteresis: Hysteresis,
  downgrade: Downgrade.default({ samples: 1, validity: 0, watch: 0 }),
  cooldown: DurationText,
  response: z.partialRecord(WarningLevel, Response).default({}),
  indicators: z.record(Name, IndicatorText),
  levels: z.partialRecord(WarningLevel, Level),
});
export type RulebookText = z.infer<typeof RulebookText>;
