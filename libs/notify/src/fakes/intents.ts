import type { DeliveryIntent } from '#libs/contracts';

/** A delivery for tests: red, real, due now. */
export function anIntent(id: string, now: number, over: Partial<DeliveryIntent> = {}): DeliveryIntent {
  return {
    id,
    outId: id,
    warningId: 'w1',
    scope: 'public',
    version: 1,
    recipient: `household:${id}:householder`,
    role: 'household',
    channel: 'sms',
    step: 0,
    priority: 0,
    level: 'red',
    kind: 'warning',
    exercise: false,
    deliver: 'real',
    address: '13800001234',
    template: { code: 'SMS_900001', params: {}, text: '地灾红色预警', parts: 1 },
    notBefore: now,
    deadline: now + 180_000,
    createdAt: now,
    ...over,
  };
}
