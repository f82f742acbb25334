export { ConsultModule } from './consult.module.js';
export { ConsultService, type ConsultStore } from './consult.service.js';
