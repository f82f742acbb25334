import { HASTE_MS } from './carrier.js';
import type { Fault, RefusalReason } from './faults.js';
import type { WireAnswer } from './vendor.js';

/** How a vendor words what it does not take. */
export interface RefusalWords {
  reason: (reason: RefusalReason) => WireAnswer;
  /** A code of the vendor's, as it was ordered. */
  code: (code: string) => WireAnswer;
  gateway: (reason: 'unavailable' | 'throttled') => WireAnswer;
}

/** The answer to a message that meets this fault and is not taken; undefined: it is taken, and what follows differs. */
export function refusalOf(fault: Fault | undefined, words: RefusalWords): WireAnswer | undefined {
  switch (fault?.kind) {
    case 'refuse':
      return words.reason(fault.reason);
    case 'refuse-code':
      return words.code(fault.code);
    case 'gateway-error':
      return words.gateway(fault.reason);
    case 'drop':
      return { status: 200, body: {}, drop: true };
    case 'accept-then-drop':
    case 'delay':
    case 'no-receipt':
    case 'receipt-failed':
    case 'hasty-receipt':
    case 'reply':
    case undefined:
      return undefined;
  }
}

/** The way the answer to a taken message travels under this fault. */
export function carried(ok: WireAnswer, fault: Fault | undefined): WireAnswer {
  if (fault?.kind === 'accept-then-drop') return { ...ok, drop: true };
  if (fault?.kind === 'delay') return { ...ok, afterMs: fault.ms };
  return fault?.kind === 'hasty-receipt' ? { ...ok, afterMs: HASTE_MS } : ok;
}
