import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ExportRow } from './rows.js';

/** Rows of one row group: some 30 ms of CPU and 1 MB. Larger holds up whoever waits for a PUBACK; smaller compresses worse. */
const GROUP = 20_000;

const required = { repetition_type: 'REQUIRED' } as const;
/** `time` is UTC, milliseconds; `quality` the flags joined by blanks, empty for none. */
const schema = [
  { name: 'root', num_children: 4 },
  { name: 'time', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', ...required },
  { name: 'channel', type: 'BYTE_ARRAY', converted_type: 'UTF8', ...required },
  { name: 'value', type: 'DOUBLE', ...required },
  { name: 'quality', type: 'BYTE_ARRAY', converted_type: 'UTF8', ...required },
] as const;

/** Apache Parquet, Snappy, a row group at a time: what is written leaves at once. */
export async function* parquetOf(rows: AsyncIterable<ExportRow>): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const file = new ParquetWriter({ writer: bytes, schema: [...schema], createdBy: 'wangshan' });
  let group: ExportRow[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < GROUP) continue;
    writeGroup(file, group);
    group = [];
    yield taken(bytes);
  }
  if (group.length > 0) writeGroup(file, group);
  await file.finish();
  yield taken(bytes);
}

function writeGroup(file: ParquetWriter, rows: readonly ExportRow[]): void {
  void file.write({
    rowGroupSize: rows.length,
    columnData: [
      { name: 'time', data: rows.map(({ time }) => new Date(time)) },
      { name: 'channel', data: rows.map(({ channel }) => channel) },
      { name: 'value', data: rows.map(({ value }) => value) },
      { name: 'quality', data: rows.map(({ quality }) => quality.join(' ')) },
    ],
  });
}

/** What was written since the last call; the writer counts on, so that the footer's offsets hold. */
function taken(bytes: ByteWriter): Uint8Array {
  const copy = bytes.getBytes().slice();
  bytes.index = 0;
  return copy;
}
