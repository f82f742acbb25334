import { z } from 'zod';

export const PageQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100), cursor: z.string().optional() });
export type PageQuery = z.infer<typeof PageQuery>;
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
