export { AlertModule } from './alert.module.js';
export { AlertService, type AlertStore } from './alert.service.js';
