export type * from './ports.js';
export { openConsultation, consultationId } from './open.js';
export { ConsultUseCases, type CarryOut, type CarriedOut, type SignedConsultation } from './use-cases.js';
export { ConsultRooms, type SocketUser } from './rooms.js';
