import type { AcceptedMessage } from '../frame/message-log.js';

/** How a call ended, in the vendor's codes (help: VMS carrier receipt codes). */
const states: Readonly<Record<string, readonly [code: string, message: string]>> = {
  DELIVERED: ['200000', '用户听完语音'],
  'HUNG-UP': ['200001', '用户提前挂机未完整收听'],
  UNDELIV: ['200003', '用户收到呼叫但未接听'],
};
const other = ['200005', '被叫用户无法接通'] as const;

export interface CallRecord {
  code: string;
  message: string;
  seconds: number;
  dtmf: string;
}

/** A call that ended, as report and query tell it. */
export function callRecord({ receipt, call }: AcceptedMessage): CallRecord {
  const [code, message] = states[receipt ?? ''] ?? other;
  return { code, message, seconds: call?.seconds ?? 0, dtmf: call?.dtmf ?? '' };
}
