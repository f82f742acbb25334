import { config } from 'zod';

/**
 * Imported first of all: zod otherwise probes whether `new Function` is allowed as soon as a schema is made, which the
 * page's CSP blocks and reports as a violation.
 */
config({ jitless: true });
