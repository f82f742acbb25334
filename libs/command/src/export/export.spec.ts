import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { HistoryStore } from '../ports.js';
import { csvOf } from './csv.js';
import { parquetOf } from './parquet.js';
import { exportRows, type ExportRow } from './rows.js';

const begin = Date.UTC(2026, 6, 1);

/** `count` readings a channel, a minute apart, in pages of 7. */
function history(count: number): Pick<HistoryStore, 'readings'> {
  return {
    readings: ({ channel, cursor }) => {
      const start = Number(cursor ?? 0);
      const readings = Array.from({ length: Math.min(7, count - start) }, (_, n) => ({
        time: begin + (start + n) * 60_000,
        value: start + n + (channel === 'L1_LF_2' ? 0.5 : 0),
        quality: start + n === 3 ? ['late', 'spike'] : [],
      }));
      return Promise.resolve({ resolution: 'raw', readings, nextCursor: start + 7 < count ? String(start + 7) : null });
    },
  };
}
const rowsOf = (channels: string[], count: number): AsyncGenerator<ExportRow> =>
  exportRows(history(count), { deviceId: 'd', channels, from: begin, to: begin + 1e9 });
async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
async function* many(count: number): AsyncGenerator<ExportRow> {
  for (let n = 0; n < count; n += 1) yield { time: begin + n, channel: n % 2 ? 'a' : 'b', value: n / 3, quality: n % 5 ? [] : ['late'] };
}

describe('an export', () => {
  it('holds every page of every channel, oldest first', async () => {
    const rows: ExportRow[] = [];
    for await (const row of rowsOf(['L1_LF_1', 'L1_LF_2'], 20)) rows.push(row);
    expect(rows).toHaveLength(40);
    const times = rows.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(rows.filter(({ channel }) => channel === 'L1_LF_2').map(({ value }) => value)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 0.5),
    );
  });

  it('is CSV with the header the backtest reads', async () => {
    const text = (await bytesOf(csvOf(rowsOf(['L1_LF_1'], 5)))).toString('utf8');
    expect(text.split('\n')).toEqual([
      'time,channel,value,quality',
      '2026-07-01T00:00:00.000Z,L1_LF_1,0,',
      '2026-07-01T00:01:00.000Z,L1_LF_1,1,',
      '2026-07-01T00:02:00.000Z,L1_LF_1,2,',
      '2026-07-01T00:03:00.000Z,L1_LF_1,3,late spike',
      '2026-07-01T00:04:00.000Z,L1_LF_1,4,',
      '',
    ]);
  });

  it.each([0, 1, 45_000])('is Parquet that another reader reads: %d rows', async (count) => {
    const bytes = await bytesOf(parquetOf(many(count)));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    const expected: ExportRow[] = [];
    for await (const row of many(count)) expected.push(row);
    expect(rows).toEqual(
      expected.map(({ time, channel, value, quality }) => ({ time: new Date(time), channel, value, quality: quality.join(' ') })),
    );
  });

  it('leaves in pieces, whatever its length', async () => {
    let pieces = 0;
    let largest = 0;
    for await (const { length } of parquetOf(many(100_000))) {
      pieces += 1;
      largest = Math.max(largest, length);
    }
    expect(pieces).toBeGreaterThan(4);
    expect(largest).toBeLessThan(1_000_000);
  });
});
