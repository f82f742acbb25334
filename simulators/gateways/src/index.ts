export { startGatewaySimulator, type GatewaySimulator } from './server.js';
