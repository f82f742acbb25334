import { insideDivision, type ReplyRecord } from '#libs/contracts';
import type { CalloutDelivery, CalloutStore, DeadNumber, NumberStore, WholeCallout } from '#libs/notify';

/** Call-outs in memory. */
export class FakeCallouts implements CalloutStore {
  readonly whole: WholeCallout[] = [];
  readonly sent: (CalloutDelivery & { warningId: string })[] = [];
  readonly received: ReplyRecord[] = [];

  recent = (): Promise<WholeCallout[]> => Promise.resolve(this.whole);
  ofWarning = (warningId: string): Promise<WholeCallout[]> =>
    Promise.resolve(this.whole.filter(({ callout }) => callout.warningId === warningId));
  households = (): Promise<undefined> => Promise.resolve(undefined);
  deliveries = (warningId: string): Promise<CalloutDelivery[]> =>
    Promise.resolve(this.sent.filter((delivery) => delivery.warningId === warningId));
  replies = (warningId: string): Promise<ReplyRecord[]> => Promise.resolve(this.received.filter((reply) => reply.warningId === warningId));
  listReplies: CalloutStore['listReplies'] = ({ scope }) =>
    Promise.resolve({ items: this.received.filter(({ divisionCode }) => insideDivision(divisionCode, scope)), nextCursor: null });
  writtenBack = (): Promise<[]> => Promise.resolve([]);
  known = (): Promise<[]> => Promise.resolve([]);
  deliveryOf = (): Promise<undefined> => Promise.resolve(undefined);
}

/** Numbers that are out of service. */
export class FakeNumbers implements Pick<NumberStore, 'deadAmong'> {
  readonly dead: DeadNumber[] = [];

  deadAmong(phones: readonly string[]): Promise<DeadNumber[]> {
    return Promise.resolve(this.dead.filter(({ phone }) => phones.includes(phone)));
  }
}
