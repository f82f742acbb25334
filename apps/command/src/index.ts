export { CommandModule } from './command.module.js';
export { CommandService } from './command.service.js';
