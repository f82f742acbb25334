export type * from './ports.js';
export { canonicalJson } from './canonical.js';
export { openConsultation, consultationId, evidenceHash, type OpenInput, type Opened } from './open.js';
export { decisionHash, consultRoles } from './record.js';
export { outcomes, stepsOf, type Outcome, type OutcomeStep } from './outcome.js';
export { ConsultUseCases, type CarryOut, type CarriedOut, type ConsultDeps, type SignedConsultation } from './use-cases.js';
export { ConsultRooms, type SocketUser } from './rooms.js';
