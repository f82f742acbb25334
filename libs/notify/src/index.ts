export {
  type AwaitingReceipt,
  type Channel,
  type ClaimedDelivery,
  type InboundAnswer,
  type InboundRequest,
  type Outbox,
  type ProviderNews,
  type Receipt,
  type Reply,
  type Reported,
  type Settlement,
} from './ports.js';
export { type CalloutDelivery, type CalloutStore, type CalloutSurroundings, type WholeCallout } from './callout/ports.js';
export { type Answer } from './ladder/party.js';
export { AUDIT_EVERY_MS, Auditor, type DeliveryAudit } from './audit/auditor.js';
export { CalloutDesk } from './callout/desk.js';
export { planAsk } from './ladder/ask.js';
export { freezeCallout } from './ladder/freeze.js';
export { MendDesk } from './numbers/mend.js';
export { type DeadNumber, type NumberStore, type NumberToMend } from './numbers/ports.js';
export { nextStep, type DueStep } from './ladder/ladder.js';
export { messageTemplates } from './message/catalogue.js';
export { planDeliveries, planInSlices } from './ways/plan.js';
export { type Driver } from './gate/route.js';
export { Circuits } from './engine/circuit.js';
export { Dispatcher } from './engine/dispatcher.js';
export { ReceiptPoller } from './engine/receipt-poller.js';
export { AlicloudSms } from './adapters/alicloud-sms/channel.js';
export { AlicloudVoice } from './adapters/alicloud-voice/channel.js';
export { voiceTemplates } from './adapters/alicloud-voice/spoken.js';
export { TwilioSms } from './adapters/twilio-sms/channel.js';
export { CmppSms } from './adapters/cmpp-sms/channel.js';
export { MasSms } from './adapters/mas-sms/channel.js';
export { GroupRobot } from './adapters/robots/channel.js';
export { dingtalk } from './adapters/robots/dingtalk.js';
export { wecom } from './adapters/robots/wecom.js';
export { Smtp } from './adapters/smtp/channel.js';
export { Webhook } from './adapters/webhook/channel.js';
export { BroadcastPlatform } from './adapters/broadcast/platform.js';
export { SlopeHorns, type HornCommand, type HornLink, type HornOrder } from './adapters/broadcast/horn.js';
export { WallChannel, type DarkReason, type WallLink } from './adapters/wall/channel.js';
export { groupsOf } from './ways/groups.js';
