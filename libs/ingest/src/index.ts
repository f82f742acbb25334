export type * from './ports.js';
export { Intake } from './intake.js';
export { GroupCommitter } from './group-committer.js';
export { GapDetector } from './gap.js';
export { WINDOW as recentSamples } from './flag/channel-memory.js';
export { Resends } from './packet/resends.js';
