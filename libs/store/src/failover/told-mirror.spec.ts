import { expect, it } from 'vitest';
import type { DeliveryIntent } from '#libs/contracts';
import { ToldMirror } from './told-mirror.js';

const to = (recipient: string, channel: DeliveryIntent['channel'], address: string) =>
  ({ warningId: 'w1', scope: 'public', role: 'household', recipient, channel, address }) as DeliveryIntent;

it('remembers people, each number once, and groups as what they are', () => {
  const mirror = new ToldMirror();
  mirror.written({
    deliveries: [
      to('household:h1', 'sms', '13800000001'),
      to('household:h1', 'voice', '+8613800000001'),
      to('robot:duty', 'robot', 'robot:duty'),
      to('broadcast:platform', 'broadcast', 'broadcast:platform'),
      to('email:0', 'email', 'duty@county.example'),
    ],
  });
  expect(mirror.of('w1', 'public')).toEqual([
    { recipient: 'household:h1', role: 'household', address: '13800000001' },
    { recipient: 'robot:duty', role: 'household', address: 'robot:duty', group: 'robot' },
    { recipient: 'broadcast:platform', role: 'household', address: 'broadcast:platform', group: 'broadcast' },
    { recipient: 'email:0', role: 'household', address: 'duty@county.example', group: 'email' },
  ]);
  expect(mirror.of('w1', 'internal')).toEqual([]);
});
