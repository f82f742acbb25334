import { expect, it } from 'vitest';
import { ChannelSettings, DAY } from '#libs/contracts';
import { formerChannels } from './former-channels.js';

const before = ChannelSettings.parse({
  robots: [
    { id: 'duty', vendor: 'wecom', url: 'https://a.example/?key=1' },
    { id: 'stays', vendor: 'wecom', url: 'https://a.example/?key=2' },
  ],
  broadcast: { horns: { devices: ['513221-01', '513221-02'] } },
});
const after = ChannelSettings.parse({ robots: [before.robots[1]], broadcast: { horns: { devices: ['513221-02'] } } });

it('keeps what a change removed, with its account, for a month', () => {
  const once = formerChannels([], before, after, 1_000);
  expect(once).toEqual([{ removedAt: 1_000, robots: [before.robots[0]], smtp: null, webhooks: [], platform: null, horns: ['513221-01'] }]);
  expect(formerChannels(once, after, after, 2_000)).toEqual(once);
  expect(formerChannels(once, after, after, 1_000 + 30 * DAY)).toEqual([]);
});
