import type { ErrorClass } from '../../ports.js';

/**
 * `Result` of SUBMIT_RESP → class (CMPP 3.0 §7.4.3.3; notify.md §3.1). What is not listed is a gateway's own: it did not take the message, and
 * the same would be refused again.
 */
const classOf: Readonly<Record<number, ErrorClass>> = {
  1: 'BUG', // structure
  2: 'BUG', // command word
  3: 'TRANSIENT', // sequence number seen before: the next try has another
  4: 'BUG', // length of the packet
  5: 'ACCOUNT', // fee code
  6: 'CONTENT', // longer than a message may be
  7: 'ACCOUNT', // service code
  8: 'TRANSIENT', // flow control
  9: 'RECIPIENT_PERM', // the number is not this gateway's: another carrier's
  10: 'ACCOUNT', // Src_Id
  11: 'ACCOUNT', // Msg_src
  12: 'ACCOUNT', // Fee_terminal_Id
  13: 'RECIPIENT_PERM', // Dest_terminal_Id
};
export const FLOW_CONTROL = 8;

export const classifyResult = (result: number): ErrorClass => classOf[result] ?? 'BUG';

/** `Stat` of a report: an end of the message's way, or a station on it. */
export function stateOf(state: string): 'delivered' | 'failed' | 'under-way' {
  if (state === 'DELIVRD') return 'delivered';
  return state === 'ACCEPTD' || state === 'ENROUTE' ? 'under-way' : 'failed';
}
