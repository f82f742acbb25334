import { canonicalChannel, Problem, type FileAnswer, type QueryOf } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';
import { csvOf } from './csv.js';
import { parquetOf } from './parquet.js';
import { exportRows, type ExportRow } from './rows.js';

/** Rows of one file: ten years of one channel by the minute. Beyond it the file is cut off with an error, never silently. */
const MOST_ROWS = 10_000_000;

/**
 * Readings of a device as a file. What leaves the house is written in the audit log.
 * @throws Problem not-found for a device out of scope, invalid-request for a span that ends before it begins
 */
export async function exportReadings(
  context: CommandContext,
  view: ScopedView,
  deviceId: string,
  { channel, from, to, format }: QueryOf<'exportReadings'>,
): Promise<FileAnswer> {
  const device = view.deviceEver(deviceId);
  if (from > to) throw new Problem('invalid-request', 'from: lies after to');
  const channels = channel.map(canonicalChannel);
  const profile = context.catalogue.profile(device.profile);
  const unknown = channels.find((name) => profile?.field(name) === undefined);
  if (unknown !== undefined)
    throw new Problem(
      'invalid-request',
      `channel: ${unknown} is none of the instrument's (${device.profile}); GET /device-profiles lists them`,
    );
  await record(context, view.user.username, 'readings.export', device.deviceId, { channels, from, to, format });
  const rows = bounded(exportRows(context.store.history, { deviceId: device.deviceId, channels, from, to }));
  const day = new Date(from).toISOString().slice(0, 10);
  const name = `${device.deviceId.replace(/[^A-Za-z0-9_-]/g, '_')}-${day}.${format}`;
  return format === 'csv'
    ? { type: 'text/csv', name, body: csvOf(rows) }
    : { type: 'application/vnd.apache.parquet', name, body: parquetOf(rows) };
}

async function* bounded(rows: AsyncIterable<ExportRow>): AsyncGenerator<ExportRow> {
  let count = 0;
  for await (const row of rows) {
    if ((count += 1) > MOST_ROWS) throw new Error(`an export holds at most ${MOST_ROWS} readings: ask for a shorter time`);
    yield row;
  }
}
