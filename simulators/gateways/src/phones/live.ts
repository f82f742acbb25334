import type { ServerResponse } from 'node:http';
import type { MessageLog } from '../frame/message-log.js';
import { countsOf, matches, phoneOf, screenOf } from './page.js';

/** Changes gathered before they are drawn: 5,000 messages in seconds are a few drawings, and nobody sees the difference. */
const GATHER_MS = 150;
/** Phones drawn anew in one go; of a flood the newest. */
const MOST = 30;
/** Keeps the connection known to be alive, also through a proxy; a page that hears nothing says so. */
const BEAT_MS = 15_000;
/** A receipt that comes in changes what a phone shows without a line in the log. */
const RECEIPT_LOOK_MS = 1_000;

/** Server-sent events of the page: each phone as it changes. @returns ends it */
export function streamPhones(response: ServerResponse, log: MessageLog, search: string): () => void {
  const changed = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;
  let looked = Date.now();
  const send = (event: string, data: unknown) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const draw = () => {
    gathering = undefined;
    for (const number of [...changed].slice(-MOST)) send('phone', { number, screen: screenOf(log, number), whole: phoneOf(log, number) });
    changed.clear();
    send('counts', countsOf(log));
  };
  const note = (number: string) => {
    if (!matches(number, search)) return;
    // Newest last, whatever came before.
    changed.delete(number);
    changed.add(number);
    gathering ??= setTimeout(draw, GATHER_MS);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  response.write(': begin\n\n');
  const unwatch = log.watch(note);
  const beat = setInterval(() => response.write(': beat\n\n'), BEAT_MS);
  const receipts = setInterval(() => {
    const now = Date.now();
    for (const { to, receiptAt } of log.messages.slice(-1_000)) if (receiptAt > looked && receiptAt <= now) note(to);
    looked = now;
  }, RECEIPT_LOOK_MS);
  const end = () => {
    unwatch();
    clearInterval(beat);
    clearInterval(receipts);
    clearTimeout(gathering);
  };
  response.once('close', end);
  return end;
}
