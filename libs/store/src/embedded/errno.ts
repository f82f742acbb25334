/** System code of an error, like `ENOENT`; empty for any other error. */
export const errnoOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
