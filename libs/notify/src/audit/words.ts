import type { DeliveryFault, DeliveryFaultKind } from '#libs/contracts';

/** What the wall says of each fault, Chinese first. */
const words: Readonly<Record<DeliveryFaultKind, { zh: string; en: string }>> = {
  'red-waiting': { zh: '红色消息滞留未发', en: 'red messages wait and nobody sends them' },
  'no-next-step': { zh: '消息没有下一步动作', en: 'messages have no next step' },
  'lease-over': { zh: '消息发送中断', en: 'messages were being sent by a worker that is gone' },
  overdue: { zh: '消息超过时限仍未了结', en: 'messages are still open after their deadline' },
  'no-receipts': { zh: '通道不返回回执', en: 'messages were taken and none is reported on' },
  'call-out-stopped': { zh: '叫应中断', en: 'the call-out has stopped' },
};

export const faultWords = ({ kind, warning, count }: DeliveryFault): { zh: string; en: string } => ({
  zh: `预警 ${warning}：${words[kind].zh}（${count}），请查看发送通道并人工通知`,
  en: `Warning ${warning}: ${words[kind].en} (${count}); look at the channels and tell people by hand`,
});
