import { z } from 'zod';
import { fromIso } from '../time/time.js';
import type { Role } from '../people/user.js';

/** Who may call: everyone, everyone with a session, or holders of one of these roles (`admin` always may). */
export type Access = 'public' | 'any' | readonly Role[];

/**
 * One operation of the HTTP surface: routes are data (docs/adr/0003-routes-are-data.md). The same schemas validate the
 * request, filter the answer, make the OpenAPI document and type the client. `path` is relative to `/api/v1`.
 */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly tag: string;
  readonly summary: { readonly zh: string; readonly en: string };
  readonly access: Access;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Body of the successful answer; `null` answers 204 without one. Fields it doesn't know never leave. */
  readonly response: z.ZodType | null;
  /** Status of success; 200 when absent (204 for a `null` response). 202: work goes on, the answer's `statusUrl` tells how far. */
  readonly status?: 200 | 201 | 202 | 204;
  /** The answer is a file, streamed, of one of these types; `response` only types it. */
  readonly file?: readonly string[];
}

/** A file as an operation answers it. The body is read as fast as the client takes it. */
export interface FileAnswer {
  type: string;
  /** Suggested name: ASCII letters, digits, - _ . */
  name: string;
  body: AsyncIterable<Uint8Array>;
  /** Of a document to be read in place, not saved: changes with its contents (ETag), so that whoever asks again is told "not changed". */
  tag?: string;
}

export const apiPrefix = '/api/v1';

/** ISO 8601 with offset, or epoch milliseconds. A `+` that a client forgot to encode arrives as a space. */
export const QueryTime = z
  .string()
  .transform((text) => text.replace(' ', '+'))
  .refine((text) => /^\d{1,15}$/.test(text) || z.iso.datetime({ offset: true }).safeParse(text).success, {
    message: 'time: ISO 8601 with offset, or epoch milliseconds',
  })
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : fromIso(text)));
