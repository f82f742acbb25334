import { z } from 'zod';
import type { HouseholdCard, WorkCard } from './card.js';
import { DAY, fromIso, IsoTime } from '../time/time.js';

/**
 * Where a card stands (domain.md §3.1): written but not handed out, handed out, signed by who holds it, handed out but wrong by now, too old, taken back.
 * All but the last are told in a warning: a message to a draft's number is better than none.
 */
export const cardStates = ['draft', 'issued', 'signed', 'stale', 'expired', 'withdrawn'] as const;
export const CardState = z.enum(cardStates);
export type CardState = z.infer<typeof CardState>;

/**
 * Days after which a card is handed out anew even if nothing changed. Counties check each point before and after the rains; longer, and nobody
 * notices the number of who died or moved; shorter would have every household sign twice in one season.
 */
export const CARD_VALID_DAYS = 730;

/** A number on a card that no message reaches, found dead by a provider's receipt. `field` as in the card: `phone`, `members.1.phone`, `monitor.phone`. */
export const OutOfService = z.object({
  field: z.string(),
  since: IsoTime,
  provider: z.string(),
  code: z.string(),
  /** The delivery whose receipt said so. */
  delivery: z.string().nullable(),
});
export type OutOfService = z.infer<typeof OutOfService>;

type Life = Pick<HouseholdCard | WorkCard, 'issue' | 'signedOn' | 'stale' | 'withdrawn'> & { outOfService?: readonly OutOfService[] };

/** @param today civil date in China, `YYYY-MM-DD` */
export function cardState(card: Life, today: string): CardState {
  if (card.withdrawn) return 'withdrawn';
  if (!card.issue) return 'draft';
  if ((card.stale ?? []).length + (card.outOfService ?? []).length > 0) return 'stale';
  if (daysBetween(card.issue.on, today) > CARD_VALID_DAYS) return 'expired';
  return card.signedOn !== undefined && card.signedOn >= card.issue.on ? 'signed' : 'issued';
}

const daysBetween = (from: string, to: string): number => (fromIso(to) - fromIso(from)) / DAY;

/** What people act on. A change of any of these makes a card that was handed out wrong; the rest is for the office. */
const acted = {
  work: [
    'responsible',
    'monitor',
    'evacuationRoute',
    'shelter',
    'signal',
    'imminentCriteria',
    'evacuationOrderedBy',
    'rescue',
    'security',
    'medical',
  ],
  household: ['phone', 'evacuationRoute', 'shelter', 'signal', 'signalBy', 'monitor', 'shelterKeeper', 'medical', 'positionRelation'],
} as const satisfies { work: readonly (keyof WorkCard)[]; household: readonly (keyof HouseholdCard)[] };

export type CardKind = keyof typeof acted;
/** The two cards by kind: what is the same for both is written once. */
export interface CardOf {
  work: WorkCard;
  household: HouseholdCard;
}

/** Fields people act on that differ between what was handed out and what is now, in the order of the form. */
export function staleFields(
  kind: CardKind,
  handedOut: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  return acted[kind].filter((field) => stable(handedOut[field]) !== stable(now[field]));
}

/** The same contents give the same text, in whichever order the fields were written. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const parts = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${parts
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${name}:${stable(inner)}`)
    .join()}}`;
}
