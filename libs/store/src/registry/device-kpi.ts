import type { DayCount, DeviceKpiStore } from '#libs/command';
import type { Database, Sql } from '../sql/database.js';
import { lastStoredSeq } from '../sql/last-seq.js';

/** The civil day of device time, as the counters and their readers mean it. */
const civilDay = `(r.time at time zone 'Asia/Shanghai')::date`;
/** Status says that a device lives, not that it measures. */
const isStatus = `channel like 'S1\\_ZT%'`;

/** Readings counted in one statement, a second or two. More: a store nobody has counted yet (restored, written by other means) runs into the statement limit at start. */
const SLICE = 500_000;

/**
 * Readings a day and commands, for the rates of DZ/T 0450 §11.
 * @param slice at most how many seqs one call of `since` goes on
 */
export function pgDeviceKpis(db: Database, slice = SLICE): DeviceKpiStore {
  return {
    countedTo: () => countedTo(db),

    async since(seq) {
      const to = Math.max(seq, Math.min(seq + slice, await lastStoredSeq(db)));
      const rows = await db.query<{ device_id: string; channel: string; day: string; samples: number }>(
        `select s.device_id, s.channel, ${civilDay}::text as day, count(*) as samples
           from ingest.reading r join ingest.series s on s.key = r.series where r.seq > $1 and r.seq <= $2 group by 1, 2, 3`,
        [seq, to],
      );
      return {
        counts: rows.map((row) => ({ deviceId: row.device_id, channel: row.channel, day: row.day, samples: row.samples })),
        to,
      };
    },

    add: (counts, from, to) =>
      db.tx(async (sql) => {
        const moved = await sql.run('update command.device_day_mark set counted_to = $2 where counted_to = $1', [from, to]);
        // Equal to `to`: this very call was committed and its answer lost.
        if (moved === 0) return (await countedTo(sql)) === to;
        await write(sql, counts);
        return true;
      }),

    async days(deviceIds, fromDay, toDay) {
      const rows = await db.query<{ device_id: string; day: string; data: number | null; most: number }>(
        `select device_id, day::text as day, max(samples) filter (where not ${isStatus}) as data, max(samples) as most
           from command.device_day where device_id = any($1) and day between $2::date and $3::date group by 1, 2`,
        [deviceIds, fromDay, toDay],
      );
      return rows.map((row) => ({ deviceId: row.device_id, day: row.day, samples: row.data ?? row.most }));
    },

    async commands(deviceIds, from, to) {
      const rows = await db.query<{ device_id: string; ended: number; succeeded: number }>(
        `select device_id, count(*) as ended, count(*) filter (where state = 'succeeded') as succeeded
           from command.device_command
          where device_id = any($1) and created_at >= $2 and created_at < $3 and state in ('succeeded', 'failed', 'expired')
          group by 1`,
        [deviceIds, new Date(from), new Date(to)],
      );
      return rows.map((row) => ({ deviceId: row.device_id, ended: row.ended, succeeded: row.succeeded }));
    },
  };
}

async function countedTo(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ counted_to: number }>('select counted_to from command.device_day_mark');
  return row?.counted_to ?? 0;
}

async function write(sql: Sql, counts: readonly DayCount[]): Promise<void> {
  if (counts.length === 0) return;
  await sql.run(
    `insert into command.device_day as old (device_id, day, channel, samples)
     select * from unnest($1::text[], $2::date[], $3::text[], $4::integer[])
     on conflict (device_id, day, channel) do update set samples = old.samples + excluded.samples`,
    [
      counts.map((count) => count.deviceId),
      counts.map((count) => count.day),
      counts.map((count) => count.channel),
      counts.map((count) => count.samples),
    ],
  );
}
