import type { HistoryStore } from '../ports.js';

/** One reading of a file. */
export interface ExportRow {
  time: number;
  channel: string;
  value: number;
  quality: readonly string[];
}

export interface ExportSpan {
  deviceId: string;
  channels: readonly string[];
  from: number;
  to: number;
}

/** Readings asked of the store at once. More hold memory for every channel; fewer ask a year of minutes a thousand times. */
const PAGE = 2_000;

/**
 * Readings of several channels in the order of device time (of one time: in the order asked for), page by page: a file of years
 * needs no more memory than one of a day.
 */
export async function* exportRows(
  history: Pick<HistoryStore, 'readings'>,
  { deviceId, channels, from, to }: ExportSpan,
): AsyncGenerator<ExportRow> {
  const heads = await Promise.all(channels.map((channel) => headOf(channelRows(history, deviceId, channel, from, to))));
  for (;;) {
    const first = heads.reduce<Head | undefined>(
      (best, head) => (head.row && (!best?.row || head.row.time < best.row.time) ? head : best),
      undefined,
    );
    if (!first?.row) return;
    yield first.row;
    const next = await first.rest.next();
    first.row = next.done ? undefined : next.value;
  }
}

interface Head {
  row: ExportRow | undefined;
  rest: AsyncGenerator<ExportRow>;
}
async function headOf(rest: AsyncGenerator<ExportRow>): Promise<Head> {
  const first = await rest.next();
  return { row: first.done ? undefined : first.value, rest };
}

async function* channelRows(
  history: Pick<HistoryStore, 'readings'>,
  deviceId: string,
  channel: string,
  from: number,
  to: number,
): AsyncGenerator<ExportRow> {
  let cursor: string | undefined;
  do {
    const { readings, nextCursor } = await history.readings({ deviceId, channel, from, to, limit: PAGE, cursor });
    for (const { time, value, quality } of readings) yield { time, channel, value, quality };
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
