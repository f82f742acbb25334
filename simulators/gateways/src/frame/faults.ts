import { z } from 'zod';
import { normaliseNumber } from './numbers.js';

/** Why a vendor does not take a message; each says it in its own words. */
export const refusalReasons = ['number', 'limit', 'balance', 'template', 'content'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** What can be made to go wrong. */
export type Fault =
  | { kind: 'refuse'; reason: RefusalReason }
  /** A code of a vendor, answered as it stands. */
  | { kind: 'refuse-code'; code: string }
  | { kind: 'gateway-error'; reason: 'unavailable' | 'throttled' }
  | { kind: 'accept-then-drop' }
  | { kind: 'drop' }
  | { kind: 'delay'; ms: number }
  | { kind: 'receipt-failed'; code: string }
  | { kind: 'no-receipt' }
  /** The receipt comes before the answer to the request, its states in the wrong order, and then once more. */
  | { kind: 'hasty-receipt' }
  | { kind: 'reply'; text: string; afterMs: number };

const refuse = (reason: RefusalReason): Fault => ({ kind: 'refuse', reason });

/** Named faults of `POST /__faults`. */
export const namedFaults: Readonly<Record<string, Fault>> = {
  'number-illegal': refuse('number'),
  'business-limit': refuse('limit'),
  'amount-not-enough': refuse('balance'),
  'template-illegal': refuse('template'),
  'content-illegal': refuse('content'),
  unavailable: { kind: 'gateway-error', reason: 'unavailable' },
  throttle: { kind: 'gateway-error', reason: 'throttled' },
  'accept-then-drop': { kind: 'accept-then-drop' },
  drop: { kind: 'drop' },
  delay: { kind: 'delay', ms: 10_000 },
  'receipt-undelivered': { kind: 'receipt-failed', code: 'UNDELIV' },
  'no-receipt': { kind: 'no-receipt' },
  'hasty-receipt': { kind: 'hasty-receipt' },
  'reply-received': { kind: 'reply', text: '1', afterMs: 5_000 },
  'reply-help': { kind: 'reply', text: '2', afterMs: 5_000 },
};

/** Faults a number brings by its last four digits, so that a test needs no admin call (notify.md §5.4). */
const bySuffix: Readonly<Record<string, string>> = {
  '9001': 'number-illegal',
  '9002': 'business-limit',
  '9003': 'unavailable',
  '9004': 'accept-then-drop',
  '9005': 'delay',
  '9006': 'receipt-undelivered',
  '9007': 'no-receipt',
  '9008': 'hasty-receipt',
  '9009': 'reply-received',
  '9010': 'reply-help',
};

/** `kind`: a name above, `9001`…`9010`, a vendor's code (`isv.…`, `isp.…`, a number), or `none` to take back what matches. */
export const FaultOrder = z.object({
  suffix: z
    .string()
    .regex(/^\d{1,11}$/)
    .optional(),
  provider: z.string().max(40).optional(),
  kind: z.string().refine((kind) => kind === 'none' || kind in namedFaults || kind in bySuffix || /^(is[vp]\.[A-Z_]+|\d{5})$/.test(kind), {
    message: `one of none, ${Object.keys(namedFaults).join(', ')}, 9001…9010, or a vendor's code such as isv.AMOUNT_NOT_ENOUGH or 21211`,
  }),
  count: z.number().int().min(1).optional(),
});
export type FaultOrder = z.infer<typeof FaultOrder>;

/** Faults in force: those ordered, newest first, then those of the number itself. */
export class Faults {
  #ordered: FaultOrder[] = [];

  order(order: FaultOrder): void {
    if (order.kind === 'none') {
      this.#ordered = this.#ordered.filter(
        (one) =>
          (order.suffix !== undefined && one.suffix !== order.suffix) || (order.provider !== undefined && one.provider !== order.provider),
      );
      return;
    }
    this.#ordered.unshift({ ...order });
  }

  list(): readonly FaultOrder[] {
    return this.#ordered;
  }

  /** The fault this message meets; one ordered with a count is used up by it. */
  take(provider: string, number: string): Fault | undefined {
    const digits = normaliseNumber(number);
    const order = this.#ordered.find((one) => (one.provider ?? provider) === provider && digits.endsWith(one.suffix ?? ''));
    if (!order) return faultOf(bySuffix[digits.slice(-4)]);
    if (order.count !== undefined) {
      order.count -= 1;
      if (order.count <= 0) this.#ordered = this.#ordered.filter((one) => one !== order);
    }
    return faultOf(order.kind);
  }
}

function faultOf(kind: string | undefined): Fault | undefined {
  if (kind === undefined) return undefined;
  return namedFaults[kind] ?? namedFaults[bySuffix[kind] ?? ''] ?? { kind: 'refuse-code', code: kind };
}
