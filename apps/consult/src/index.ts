export { ConsultModule } from './consult.module.js';
export { ConsultService } from './consult.service.js';
