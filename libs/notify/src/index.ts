export {
  errorClasses,
  type AwaitingReceipt,
  type Channel,
  type ClaimedDelivery,
  type ErrorClass,
  type Outbox,
  type OutgoingMessage,
  type ProviderAnswer,
  type Receipt,
  type SendResult,
  type Settlement,
} from './ports.js';
export { deliveryEvents, deliveryTransitions, isTerminal, stepDelivery, type DeliveryEvent, type Step } from './state.js';
export { smsLength, withSign, type SmsLength } from './length.js';
export { fill, messageTemplates, templateOf, type MessageTemplate, type TemplateName } from './catalogue.js';
export { renderMessage, type MessageFacts, type RenderedMessage, type Shortening } from './template.js';
export { deliveryDeadlineMs, planDeliveries, type PlanInput } from './plan.js';
export { chooseRoute, type Driver, type Route } from './route.js';
export { Dispatcher, type DispatcherOptions } from './dispatcher.js';
export { ReceiptPoller, type ReceiptPollerOptions } from './receipt-poller.js';
export { AlicloudSms, type AlicloudSmsOptions } from './adapters/alicloud-sms/channel.js';
export { alicloudReceiptAnswer, parseAlicloudReceipts } from './adapters/alicloud-sms/receipts.js';
