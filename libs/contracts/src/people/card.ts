import { z } from 'zod';
import { Phone, UnifiedCode } from '../point/ids.js';
import { IsoTime } from '../time/time.js';

/** A person on a card. `name` and `phone` are personal data: encrypted at rest, masked by role, never logged. */
export const Contact = z.object({ name: z.string().min(1).max(40), phone: Phone });
export type Contact = z.infer<typeof Contact>;
/** Above the monitor of a point, in the order they are turned to (责任链: 监测员 → 村支书 → 乡自规所所长 → 县). */
export const chainPosts = ['village', 'township', 'county'] as const;
const Unit = Contact.partial().extend({ unit: z.string().max(60).optional() });

/** 防灾工作明白卡 (domain.md §3.1a): held by the responsible person and the monitor. */
export const WorkCardCreate = z.object({
  hazardPoint: UnifiedCode,
  responsible: Contact,
  monitor: Contact,
  evacuationRoute: z.string().min(1).max(200),
  shelter: z.string().min(1).max(200),
  signal: z.string().min(1).max(100),
  fieldNumber: z.string().max(40).optional(),
  location: z.string().max(200).optional(),
  typeAndScale: z.string().max(100).optional(),
  inducement: z.string().max(200).optional(),
  threatened: z.string().max(200).optional(),
  signsToWatch: z.string().max(200).optional(),
  methods: z.string().max(200).optional(),
  imminentCriteria: z.string().max(200).optional(),
  evacuationOrderedBy: Contact.optional(),
  rescue: Unit.optional(),
  security: Unit.optional(),
  medical: Unit.optional(),
  /** Those above responsible person and monitor, of this point; a post nobody fills here is filled from the county's duty roster. */
  chain: z
    .array(Contact.extend({ post: z.enum(chainPosts) }))
    .max(12)
    .optional(),
  issuedBy: Unit.optional(),
  issuedOn: z.iso.date().optional(),
  /** 持卡单位或个人 */
  holder: Unit.optional(),
  signedOn: z.iso.date().optional(),
});
export type WorkCardCreate = z.infer<typeof WorkCardCreate>;

/** 防灾避险明白卡 (domain.md §3.1b): held by each threatened household. */
export const HouseholdCardCreate = z.object({
  hazardPoint: UnifiedCode,
  householder: z.string().min(1).max(40),
  phone: Phone,
  address: z.string().min(1).max(200),
  memberCount: z.number().int().min(0).max(99),
  evacuationRoute: z.string().min(1).max(200),
  shelter: z.string().min(1).max(200),
  houseType: z.string().max(40).optional(),
  members: z
    .array(
      z.object({
        name: z.string().max(40),
        sex: z.enum(['male', 'female']).optional(),
        age: z.number().int().min(0).max(130).optional(),
        phone: Phone.optional(),
      }),
    )
    .max(8)
    .default([]),
  hazardType: z.string().max(40).optional(),
  hazardScale: z.string().max(60).optional(),
  positionRelation: z.string().max(200).optional(),
  inducement: z.string().max(200).optional(),
  notes: z.string().max(400).optional(),
  monitor: Contact.optional(),
  signal: z.string().max(100).optional(),
  signalBy: Contact.optional(),
  shelterKeeper: Contact.optional(),
  medical: Unit.optional(),
  issuedBy: Unit.optional(),
  issuedOn: z.iso.date().optional(),
  signedOn: z.iso.date().optional(),
});
export type HouseholdCardCreate = z.infer<typeof HouseholdCardCreate>;

/** A card as it was handed out: what the people have in their hands, three copies (household, village, issuer). */
export const CardIssue = z.object({ version: z.number().int(), on: z.iso.date(), by: z.string() });
export type CardIssue = z.infer<typeof CardIssue>;

const stored = {
  id: z.string(),
  /** 编号: of the point, the kind and a running number; printed on the card and never given twice. */
  number: z.string().optional(),
  issue: CardIssue.optional(),
  /** Fields that have changed since: what people have in their hands is wrong about these. */
  stale: z.array(z.string()).optional(),
  /** The household moved away, the point was given up: nobody is told by this card any more. */
  withdrawn: z.object({ on: z.iso.date(), by: z.string(), reason: z.string() }).optional(),
  version: z.number().int(),
  createdAt: IsoTime,
  updatedAt: IsoTime,
};
/** In answers names, phones and addresses are masked unless the role may read them (libs/command/src/identity/masking.ts). */
export const WorkCard = WorkCardCreate.extend({
  ...stored,
  responsible: z.object({ name: z.string(), phone: z.string() }),
  monitor: z.object({ name: z.string(), phone: z.string() }),
});
export type WorkCard = z.infer<typeof WorkCard>;
export const HouseholdCard = HouseholdCardCreate.extend({ ...stored, phone: z.string() });
export type HouseholdCard = z.infer<typeof HouseholdCard>;
