import { z } from 'zod';
import type { InboundAnswer, InboundRequest, ProviderNews, Receipt, Reply } from '../../ports.js';
import { entriesOf, received, vendorTime } from '../alicloud/push.js';

const Text = z.union([z.string(), z.number()]).transform(String);

/** One entry of a `VoiceReport` push, or of `VoiceCallReport`, which tells a key while the call goes on (notify.md §3.2). */
const VoiceReport = z.object({
  call_id: Text,
  status_code: Text,
  out_id: Text.optional(),
  callee: Text.optional(),
  duration: z.union([z.number(), z.string()]).optional(),
  dtmf: Text.optional(),
  end_time: z.string().optional(),
  status_time: z.string().optional(),
});

/** Connected: heard to the end, hung up early, no key in time (help: VMS carrier receipt codes). */
const connected = new Set(['200000', '200001', '200008']);
/** A key was pressed, the call goes on: news of a person, not of the call's end. */
const KEY_PRESSED = '300000';
/** The number can't be called at all. */
const NUMBER_ILLEGAL = '200004';
/**
 * Seconds of listening that count as "played": a red text takes 15 to 20 s to read once. Less, and a call that was cut after "地灾" would be taken for
 * told; more, and somebody who heard it once and ran would be called again. Played is not acknowledged: a child or a mailbox may have answered.
 */
const PLAYED_SECONDS = 15;

/** What is known of a call, from whichever side it comes. */
export interface CallOutcome {
  code: string;
  seconds: number;
  dtmf: string;
}

/** Told, as far as a call can tell: somebody pressed a key, or listened long enough. */
export const wasPlayed = ({ code, seconds, dtmf }: CallOutcome): boolean =>
  dtmf !== '' || (connected.has(code) && seconds >= PLAYED_SECONDS);

/** One key of those pressed: 2 asks for help and is never lost behind a 1. */
export const keyOf = (dtmf: string): string => (dtmf.includes('2') ? '2' : dtmf.slice(0, 1));

/**
 * Reads a push about calls; keys become replies that name the message they answer.
 * @returns undefined when nothing in it is of this vendor
 */
export function readVoicePush(
  request: InboundRequest,
  provider: string,
  now: number,
): { news: ProviderNews; answer: InboundAnswer } | undefined {
  const entries = entriesOf(request);
  if (!entries) return undefined;
  const known = entries.map((entry) => VoiceReport.safeParse(entry).data).filter((entry) => entry !== undefined);
  if (entries.length > 0 && known.length === 0) return undefined;
  const receipts = known.filter(({ status_code: code }) => code.startsWith('200')).map((entry) => receiptOf(entry, provider, now));
  const replies = known.filter(saysKey).map((entry) => replyOf(entry, provider, now));
  return { news: { receipts, replies }, answer: received };
}

type Entry = z.infer<typeof VoiceReport>;

const keysOf = (entry: Entry): string => entry.dtmf?.replace(/[^0-9*#]/g, '') ?? '';
const saysKey = (entry: Entry): boolean =>
  keysOf(entry) !== '' && (entry.status_code === KEY_PRESSED || entry.status_code.startsWith('200'));
const timeOf = (entry: Entry, now: number): number => vendorTime(entry.end_time) ?? vendorTime(entry.status_time) ?? now;

function receiptOf(entry: Entry, provider: string, now: number): Receipt {
  const outcome = { code: entry.status_code, seconds: Number(entry.duration ?? 0), dtmf: keysOf(entry) };
  return {
    outId: entry.out_id,
    providerId: entry.call_id,
    provider,
    status: wasPlayed(outcome) ? 'delivered' : 'failed',
    code: entry.status_code,
    ...(entry.status_code === NUMBER_ILLEGAL ? { errorClass: 'RECIPIENT_PERM' as const } : {}),
    at: timeOf(entry, now),
  };
}

/** Idempotent by the call: its key is told while it goes on and again at its end. */
function replyOf(entry: Entry, provider: string, now: number): Reply {
  return {
    provider,
    sequenceId: entry.call_id,
    channel: 'voice',
    from: entry.callee ?? '',
    content: keyOf(keysOf(entry)),
    at: timeOf(entry, now),
    ...(entry.out_id === undefined ? {} : { outId: entry.out_id }),
  };
}
