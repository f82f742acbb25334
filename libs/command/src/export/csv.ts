import { toIso } from '#libs/contracts';
import type { ExportRow } from './rows.js';

/** Text gathered before it is sent: fewer, larger pieces. */
const PIECE = 64 * 1024;

/**
 * RFC 4180 with the header the backtest reads (`time,channel,value`) and the flags, joined by blanks. Nothing needs quoting
 * and nothing can be a formula: times and numbers are ours, channels and flags are names that begin with a letter.
 */
export async function* csvOf(rows: AsyncIterable<ExportRow>): AsyncGenerator<Uint8Array> {
  let text = 'time,channel,value,quality\n';
  for await (const { time, channel, value, quality } of rows) {
    text += `${toIso(time)},${channel},${value},${quality.join(' ')}\n`;
    if (text.length >= PIECE) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}
