import type { DeliveryAlternative, DeliveryChannel, DeliveryIntent } from '#libs/contracts';

/** A message in the forms a failed delivery may go on in. */
export interface Forms {
  /** As it was sent. */
  full: DeliveryIntent['template'];
  /** The pre-registered plain text: no word of it comes from a card, so that no filter can stumble over one. */
  plain: DeliveryIntent['template'];
  /** As it is read out. */
  spoken: DeliveryIntent['template'];
}

export interface AlternativesInput {
  /** Told by SMS at `address`. */
  recipient: string;
  address: string;
  /** Others of the same card, in the order in which they are to be tried. */
  contacts: readonly { recipient: string; address: string }[];
  forms: Forms;
  /** Already told by these at once. */
  at0: readonly DeliveryChannel[];
  there: ReadonlySet<DeliveryChannel>;
  urgent: boolean;
  /** Deterministic id and out id of a delivery. */
  idOf: (recipient: string, channel: DeliveryChannel, step: number) => string;
}

/**
 * What an SMS may be followed by when it fails: the plain text for everybody; for red and orange a call to the same person, unless one was made at
 * once, and the next numbers on the card, written to and called.
 */
export function alternativesOf(input: AlternativesInput): DeliveryAlternative[] {
  const { recipient, address, contacts, forms, at0, there, urgent, idOf } = input;
  const one = (to: string, number: string, channel: DeliveryChannel, template: DeliveryIntent['template']): DeliveryAlternative => {
    const id = idOf(to, channel, 1);
    return { id, outId: id, recipient: to, channel, step: 1, address: number, template };
  };
  const call = (to: string, number: string) => (there.has('voice') ? [one(to, number, 'voice', forms.spoken)] : []);
  return [
    one(recipient, address, 'sms', forms.plain),
    ...(urgent && !at0.includes('voice') ? call(recipient, address) : []),
    ...(urgent
      ? contacts.flatMap((next) => [one(next.recipient, next.address, 'sms', forms.full), ...call(next.recipient, next.address)])
      : []),
  ];
}

/**
 * Who is called when the command centre's wall stayed dark: the people on duty, one after another until one takes it. For orange, where nobody was
 * called at once; at red everybody on duty was called with the message itself, and a second call a minute later would only take the line from the ladder
 * (notify.md §4.6). Below, the text they have is enough.
 */
export function beforeTheWall({
  onDuty,
  spoken,
  at0,
  there,
  urgent,
  idOf,
}: Pick<AlternativesInput, 'at0' | 'there' | 'urgent' | 'idOf'> & {
  onDuty: AlternativesInput['contacts'];
  spoken: DeliveryIntent['template'];
}): DeliveryAlternative[] {
  if (!urgent || at0.includes('voice') || !there.has('voice')) return [];
  return onDuty.map(({ recipient, address }) => {
    const id = idOf(recipient, 'voice', 1);
    return { id, outId: id, recipient, channel: 'voice', step: 1, address, template: spoken };
  });
}
