import { normalPhone, type DeliveryView, type Settings } from '#libs/contracts';
import type { PointCards } from '../identity/masking.js';

type Sent = Pick<DeliveryView, 'recipient' | 'address'>;

/**
 * Name of the person a delivery went to. A roster and the chain of a card have no ids and are edited: their people are known by the number that was
 * called, never by their place. Somebody no longer on card or roster keeps the reference, so that nobody else is named in their stead.
 */
export function recipientNames({ workCards, householdCards }: PointCards, dutyRoster: Settings['dutyRoster']): (delivery: Sent) => string {
  const names = new Map<string, string>();
  for (const { id, householder } of householdCards) names.set(`household:${id}:householder`, householder);
  for (const { id, monitor, responsible, evacuationOrderedBy } of workCards) {
    names.set(`work:${id}:monitor`, monitor.name);
    names.set(`work:${id}:responsible`, responsible.name);
    if (evacuationOrderedBy) names.set(`work:${id}:ordered-by`, evacuationOrderedBy.name);
  }
  const byNumber = (people: readonly { name: string; phone: string }[]) =>
    new Map(people.map(({ name, phone }) => [normalPhone(phone), name]));
  const onDuty = byNumber(dutyRoster);
  const above = byNumber(workCards.flatMap(({ chain = [] }) => chain));
  return ({ recipient, address }) => {
    if (recipient.startsWith('duty:')) return onDuty.get(normalPhone(address)) ?? recipient;
    return (/^work:[^:]+:chain-/.test(recipient) ? above.get(normalPhone(address)) : names.get(recipient)) ?? recipient;
  };
}
