export { CalloutService } from './callout.service.js';
export { NotifyModule } from './notify.module.js';
export { NotifyService } from './notify.service.js';
