export type * from './ports.js';
export { Intake, type IntakeOptions, type Intaken } from './intake.js';
export { GroupCommitter, type CommitterOptions } from './group-committer.js';
export { Resends, RESEND_WINDOW_MS } from './resends.js';
export { CLOCK_AHEAD_MS } from './validate.js';
export { lateAfterMs } from './flag.js';
