export { CommandModule } from './command.module.js';
export { CommandService, type CommandConnections } from './command.service.js';
