export { startGatewaySimulator, type GatewaySimulator, type GatewaySimulatorOptions } from './server.js';
export { Acs3Verifier } from './acs3.js';
