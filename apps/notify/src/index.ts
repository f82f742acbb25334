export { NotifyModule } from './notify.module.js';
export { NotifyService, type NotifyStore } from './notify.service.js';
export { receiptPush, type PushAnswer } from './receipt-push.js';
