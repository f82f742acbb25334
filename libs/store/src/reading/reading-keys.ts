import type { Reading } from '#libs/contracts';
import type { Sql } from '../sql/database.js';
import { DataRefused } from '../sql/errors.js';

/** Small keys of the texts a reading names. */
export interface ReadingKeys {
  series: number;
  point: number;
  /** False where the series began at another point: the device has moved since, and the reading names its own. */
  home: boolean;
}

interface Series {
  key: number;
  /** Null for a series that has never had a reading. */
  home: number | null;
  /** Keys of its last reading and that reading's hazard point, once the database knows of the pair: what nearly every reading finds at once. */
  last: { hazardPoint: string; keys: ReadingKeys } | undefined;
}

/**
 * The dictionaries of series and points, cached. Keys never change in one database; `forget` when it was away, as it may
 * come back as another one (a restored backup).
 */
export class ReadingKeyCache {
  #series = new Map<string, Map<string, Series>>();
  #points = new Map<string, number>();
  /** Series of each point that the database knows of. */
  #pairs = new Map<number, Set<number>>();

  forget(): void {
    this.#series = new Map();
    this.#points = new Map();
    this.#pairs = new Map();
  }

  /** Keys of each reading, made where they are new. Writing them ahead of the readings is harmless: a key without readings means nothing. */
  async keysOf(sql: Sql, readings: readonly Reading[]): Promise<ReadingKeys[]> {
    return this.#known(readings) ?? this.#learn(sql, readings);
  }

  /** Undefined if any is unknown. */
  #known(readings: readonly Reading[]): ReadingKeys[] | undefined {
    const keys: ReadingKeys[] = [];
    for (const { deviceId, channel, hazardPoint } of readings) {
      const last = this.#series.get(deviceId)?.get(channel)?.last;
      if (last?.hazardPoint !== hazardPoint) return undefined;
      keys.push(last.keys);
    }
    return keys;
  }

  async #learn(sql: Sql, readings: readonly Reading[]): Promise<ReadingKeys[]> {
    await this.#learnPoints(sql, readings);
    await this.#learnSeries(sql, readings);
    const keys = readings.map((reading) => this.#lookUp(reading));
    await this.#learnPairs(sql, keys);
    readings.forEach(({ deviceId, channel, hazardPoint }, i) => {
      const series = this.#series.get(deviceId)?.get(channel);
      const own = keys[i];
      // Another one if the cache was forgotten meanwhile.
      if (own && series?.key === own.series) series.last = { hazardPoint, keys: own };
    });
    return keys;
  }

  #lookUp({ deviceId, channel, hazardPoint }: Reading): ReadingKeys {
    const series = this.#series.get(deviceId)?.get(channel);
    const point = this.#points.get(hazardPoint);
    // The database answers texts as it keeps them: one it had to change (half a surrogate pair) is not found again.
    if (series === undefined || point === undefined)
      throw new DataRefused(`text of series ${deviceId}/${channel} at point ${hazardPoint} is not Unicode`, '22021', undefined);
    return { series: series.key, point, home: series.home === point };
  }

  async #learnSeries(sql: Sql, readings: readonly Reading[]): Promise<void> {
    const unknown = readings.filter(({ deviceId, channel }) => !this.#series.get(deviceId)?.has(channel));
    if (unknown.length === 0) return;
    const names = [unknown.map(({ deviceId }) => deviceId), unknown.map(({ channel }) => channel)];
    await sql.run(
      `insert into ingest.series (device_id, channel, point)
       select distinct on (n.device_id, n.channel) n.device_id, n.channel, n.point
       from unnest($1::text[], $2::text[], $3::int[]) n (device_id, channel, point)
       where not exists (select from ingest.series s where (s.device_id, s.channel) = (n.device_id, n.channel))
       on conflict do nothing`,
      [...names, unknown.map(({ hazardPoint }) => this.#points.get(hazardPoint) ?? null)],
    );
    const rows = await sql.query<{ key: number; device_id: string; channel: string; point: number | null }>(
      `select s.key, s.device_id, s.channel, s.point from ingest.series s
       where (s.device_id, s.channel) in (select * from unnest($1::text[], $2::text[]))`,
      names,
    );
    for (const { key, device_id, channel, point } of rows) {
      const channels = this.#series.get(device_id) ?? new Map<string, Series>();
      channels.set(channel, { key, home: point, last: undefined });
      this.#series.set(device_id, channels);
    }
  }

  async #learnPoints(sql: Sql, readings: readonly Reading[]): Promise<void> {
    const unknown = [...new Set(readings.map(({ hazardPoint }) => hazardPoint))].filter((code) => !this.#points.has(code));
    if (unknown.length === 0) return;
    await sql.run(
      `insert into ingest.point (unified_code) select code from unnest($1::text[]) code
       where not exists (select from ingest.point p where p.unified_code = code) on conflict do nothing`,
      [unknown],
    );
    const rows = await sql.query<{ key: number; unified_code: string }>(
      'select key, unified_code from ingest.point where unified_code = any($1::text[])',
      [unknown],
    );
    for (const { key, unified_code } of rows) this.#points.set(unified_code, key);
  }

  async #learnPairs(sql: Sql, keys: readonly ReadingKeys[]): Promise<void> {
    const pairs = keys.filter(({ point, series }) => !this.#pairs.get(point)?.has(series));
    if (pairs.length === 0) return;
    await sql.run(
      'insert into ingest.point_series (point, series) select distinct * from unnest($1::int[], $2::int[]) on conflict do nothing',
      [pairs.map(({ point }) => point), pairs.map(({ series }) => series)],
    );
    for (const { point, series } of pairs) {
      const known = this.#pairs.get(point) ?? new Set<number>();
      known.add(series);
      this.#pairs.set(point, known);
    }
  }
}
