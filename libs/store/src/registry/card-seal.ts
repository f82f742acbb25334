import { normalPhone, type CardKind, type HouseholdCardCreate, type WorkCardCreate } from '#libs/contracts';
import type { DataKey } from '#libs/platform';

/** Fields of a card that say who somebody is, where they live or how to reach them; also remarks, where people write such things. */
const personalOf = {
  work: [
    'responsible',
    'monitor',
    'chain',
    'evacuationOrderedBy',
    'rescue',
    'security',
    'medical',
    'issuedBy',
    'holder',
    'location',
    'threatened',
  ],
  household: ['householder', 'phone', 'address', 'members', 'monitor', 'signalBy', 'shelterKeeper', 'medical', 'issuedBy', 'notes'],
} as const satisfies { work: readonly (keyof WorkCardCreate)[]; household: readonly (keyof HouseholdCardCreate)[] };

/** A card as it is stored: what is not personal in the open, the rest as one encrypted text, every number as a keyed hash. */
export interface SealedCard {
  record: Record<string, unknown>;
  personal: string;
  phoneHashes: string[];
}

const column = (kind: CardKind): string => `command.${kind}_card.personal`;

export function sealCard(key: DataKey, kind: CardKind, card: Readonly<Record<string, unknown>>): SealedCard {
  const hidden = new Set<string>(personalOf[kind]);
  const part = (wanted: boolean) => Object.fromEntries(Object.entries(card).filter(([name]) => hidden.has(name) === wanted));
  const personal = part(true);
  return {
    record: part(false),
    personal: key.encrypt(JSON.stringify(personal), column(kind)),
    phoneHashes: [...new Set(phonesIn(personal).map((phone) => key.lookupHash(normalPhone(phone))))],
  };
}

export function openCard(key: DataKey, kind: CardKind, stored: Pick<SealedCard, 'record' | 'personal'>): Record<string, unknown> {
  const personal: unknown = JSON.parse(key.decrypt(stored.personal, column(kind)));
  return { ...stored.record, ...(personal as Record<string, unknown>) };
}

/** Values of every field called `phone`, however deep. */
function phonesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(phonesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'phone' && typeof inner === 'string' ? [inner] : phonesIn(inner)));
}
