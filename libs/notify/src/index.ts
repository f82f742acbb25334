export { type AddressHistory, type AwaitingReceipt, type ClaimedDelivery, type Outbox, type Receipt, type Settlement } from './ports.js';
export { messageTemplates } from './catalogue.js';
export { planDeliveries } from './plan.js';
export { type Driver } from './route.js';
export { Dispatcher } from './dispatcher.js';
export { ReceiptPoller } from './receipt-poller.js';
export { AlicloudSms } from './adapters/alicloud-sms/channel.js';
export { alicloudReceiptAnswer, parseAlicloudReceipts } from './adapters/alicloud-sms/receipts.js';
