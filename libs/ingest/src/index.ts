export type * from './ports.js';
export { Intake } from './intake.js';
export { GroupCommitter } from './group-committer.js';
export { Resends } from './resends.js';
