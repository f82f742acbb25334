import { z } from 'zod';
import { type FileAnswer, type Operation, QueryTime } from './operation.js';

export const exportFormats = ['csv', 'parquet'] as const;
/** Channels in one file: a multi-sensor station has some twenty. */
const MOST_CHANNELS = 50;

export const ExportQuery = z.object({
  /** One channel, or several separated by commas. */
  channel: z
    .string()
    .min(1)
    .max(4000)
    .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
    .refine((names) => names.every((name) => name !== '') && names.length <= MOST_CHANNELS, {
      message: `channel: names separated by commas, ${MOST_CHANNELS} at most`,
    }),
  from: QueryTime,
  to: QueryTime,
  format: z.enum(exportFormats).default('csv'),
});

export const exportOperations = {
  exportReadings: {
    method: 'GET',
    path: '/devices/{id}/readings/export',
    tag: 'registry',
    summary: { zh: '导出监测数据（CSV 或 Parquet）', en: 'Readings as a file, CSV or Parquet, oldest first' },
    access: 'any',
    query: ExportQuery,
    response: z.custom<FileAnswer>(),
    file: ['text/csv', 'application/vnd.apache.parquet'],
  },
} as const satisfies Record<string, Operation>;
