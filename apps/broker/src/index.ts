export { BrokerModule } from './broker.module.js';
export { BrokerService } from './broker.service.js';
