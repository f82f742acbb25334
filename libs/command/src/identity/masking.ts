import type { DeliveryView, HouseholdCard, HouseholdCardView, Settings, WorkCard, WorkCardView } from '#libs/contracts';
import { redactPhones } from '#libs/platform';

/** 张三 → 张*, 欧阳修文 → 欧***: the first character stays, so that people can tell rows apart. */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = Array.from(name);
  return first + '*'.repeat(Math.max(rest.length, 1));
};

/** 13900000011 → 139****0011. Short numbers lose all but the last two digits. */
export const maskPhone = (phone: string): string =>
  phone.length >= 8 ? `${phone.slice(0, 3)}****${phone.slice(-4)}` : `****${phone.slice(-2)}`;

/** The part up to the village stays (村 社 组 镇 乡 街道), the house goes; an address without such a word keeps three characters. */
export const maskAddress = (address: string): string => {
  const village = /^.*?(?:村|社区|镇|乡|街道)(?=.)/u.exec(address)?.[0] ?? Array.from(address).slice(0, 3).join('');
  return `${village}***`;
};

type Person = { name?: string; phone?: string };
function maskPerson<T extends Person | undefined>(person: T): T {
  if (person === undefined) return person;
  return {
    ...person,
    ...(person.name === undefined ? {} : { name: maskName(person.name) }),
    ...(person.phone === undefined ? {} : { phone: maskPhone(person.phone) }),
  };
}

export const maskWorkCard = (card: WorkCard): Omit<WorkCardView, 'state'> => ({
  ...card,
  responsible: maskPerson(card.responsible),
  monitor: maskPerson(card.monitor),
  evacuationOrderedBy: maskPerson(card.evacuationOrderedBy),
  ...(card.chain === undefined ? {} : { chain: card.chain.map((person) => maskPerson(person)) }),
  holder: maskPerson(card.holder),
  rescue: maskPerson(card.rescue),
  security: maskPerson(card.security),
  medical: maskPerson(card.medical),
  issuedBy: maskPerson(card.issuedBy),
});

export const maskHouseholdCard = (card: HouseholdCard): Omit<HouseholdCardView, 'state'> => ({
  ...card,
  householder: maskName(card.householder),
  phone: maskPhone(card.phone),
  address: maskAddress(card.address),
  members: card.members.map((member) => maskPerson(member)),
  monitor: maskPerson(card.monitor),
  signalBy: maskPerson(card.signalBy),
  shelterKeeper: maskPerson(card.shelterKeeper),
  medical: maskPerson(card.medical),
  issuedBy: maskPerson(card.issuedBy),
  // Free text about one family: ill people, who is alone by day.
  ...(card.notes === undefined ? {} : { notes: '***' }),
});

/** Everyone named on the cards of a point and on the duty roster, longest first so that a name inside a longer one does not spoil it. */
export const namesOn = (cards: PointCards, dutyRoster: Settings['dutyRoster'] = []): string[] =>
  [
    ...dutyRoster.map(({ name }) => name),
    ...cards.workCards.flatMap((card) => [
      card.responsible.name,
      card.monitor.name,
      card.evacuationOrderedBy?.name,
      ...(card.chain ?? []).map(({ name }) => name),
    ]),
    ...cards.householdCards.flatMap((card) => [card.householder, card.monitor?.name, card.signalBy?.name, card.shelterKeeper?.name]),
  ]
    .filter((name): name is string => name !== undefined && name.length > 1)
    .toSorted((a, b) => b.length - a.length);

/** Cards of one hazard point. */
export interface PointCards {
  workCards: readonly WorkCard[];
  householdCards: readonly HouseholdCard[];
}

/** A text with the names and every number in it masked. */
export const hideIn = (text: string, names: readonly string[]): string =>
  redactPhones(names.reduce((shown, name) => shown.replaceAll(name, maskName(name)), text));

/** `household:<card>:householder`, `duty:0`: where somebody stands, not who it is. */
export const isReference = (recipient: string): boolean => /^[a-z]+:[\w-]+/.test(recipient);

/** A recipient that is no reference is a name and is masked as one. */
export const maskDelivery = (delivery: DeliveryView, names: readonly string[]): DeliveryView => ({
  ...delivery,
  recipient: isReference(delivery.recipient) ? delivery.recipient : maskName(delivery.recipient),
  address: maskPhone(delivery.address),
  text: hideIn(delivery.text, names),
  error: delivery.error && { ...delivery.error, message: hideIn(delivery.error.message, names) },
});

export const maskSettings = <T extends Pick<Settings, 'dutyRoster'>>(settings: T): T => ({
  ...settings,
  dutyRoster: settings.dutyRoster.map((person) => ({ ...person, name: maskName(person.name), phone: maskPhone(person.phone) })),
});
