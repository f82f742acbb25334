/**
 * The stages of one reading, in order. The same word names the app, the lib, the log field `stage`, the metric prefix
 * and the SQL schema (docs/adr/0001-one-word-per-stage.md).
 */
export const stages = ['broker', 'ingest', 'store', 'evaluate', 'alert', 'notify', 'wall', 'consult', 'command'] as const;
export type Stage = (typeof stages)[number];
