import { readingSizes, type ReadingSizes, startEmbeddedPostgres } from '#libs/store';
import { pastDays, writePast } from '../past.js';
import type { Outcome } from '../report.js';
import { BenchStation } from '../station.js';
import type { Bench } from './bench.js';

/** Enough that pages and indexes have their final shape; more only takes longer. */
const enough = 10_000_000;

/** Bytes a reading on disk. */
export const storage: Bench = {
  name: 'storage',
  about: 'bytes a reading on disk, table and indexes, over --rows N readings (at most 10 million)',
  async run(options, say): Promise<Outcome> {
    const station = BenchStation.create();
    try {
      const past = await writePast(station.dataDir, Math.min(options.rows, enough), say);
      const sizes = await sizesIn(station.dataDir);
      const each = (bytes: number): number => Math.round((bytes / Math.max(1, sizes.readings)) * 10) / 10;
      return {
        method:
          `${sizes.readings} readings in the store's own layout and in the order commits leave them (${past.series} channels × ${pastDays} days at 1 min, interleaved), ` +
          'then PostgreSQL’s own sizes of every partition with its indexes, free space in pages included',
        figures: {
          bytesPerReading: each(sizes.tableBytes + sizes.indexBytes),
          tableBytesPerReading: each(sizes.tableBytes),
          indexBytesPerReading: each(sizes.indexBytes),
          readings: sizes.readings,
          rollups: sizes.rollups,
          timescale: sizes.timescale,
        },
        bounds: [{ figure: 'bytesPerReading', is: 'max', floor: 100 }],
      };
    } finally {
      await station.remove();
    }
  },
};

async function sizesIn(dataDir: string): Promise<ReadingSizes> {
  const postgres = await startEmbeddedPostgres({ dataDir, port: 0, say: () => undefined });
  try {
    return await readingSizes(postgres.url);
  } finally {
    await postgres.stop();
  }
}
