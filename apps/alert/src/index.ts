export { AlertModule } from './alert.module.js';
export { AlertService } from './alert.service.js';
