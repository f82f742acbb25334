import { expect, it } from 'vitest';
import { ChannelSettings } from '#libs/contracts';
import { groupsOf } from './groups.js';

const secret = 'a-secret-of-sixteen';
const settings = ChannelSettings.parse({
  robots: [
    { id: 'duty', vendor: 'wecom', url: 'https://a.example/?key=1', fromLevel: 'blue' },
    { id: 'muted', vendor: 'wecom', url: 'https://a.example/?key=2', on: false },
  ],
  smtp: { host: 'h', port: 25, security: 'none', sender: 'a@b.example', to: ['x@b.example', 'y@b.example'], fromLevel: 'orange' },
  webhooks: [{ id: 'office', url: 'https://o.example/', secret, scope: 'public' }],
  broadcast: { platform: { url: 'http://p.example/', secret, areaCodes: ['513221'] }, horns: { devices: ['h1', 'h2'] } },
});

it('names every way that is on, with the address its channel serves, from its level, in its scope', () => {
  expect(
    groupsOf(settings, new Set(['h2', 'other'])).map(({ address, channel, role, scope, from }) => [channel, address, role, scope, from]),
  ).toEqual([
    ['wall', 'wall:centre', 'duty', 'internal', 'blue'],
    ['robot', 'robot:duty', 'responsible', 'internal', 'blue'],
    ['email', 'x@b.example', 'responsible', 'internal', 'orange'],
    ['email', 'y@b.example', 'responsible', 'internal', 'orange'],
    ['webhook', 'webhook:office', 'household', 'public', 'yellow'],
    ['broadcast', 'broadcast:platform', 'household', 'public', 'yellow'],
    ['broadcast', 'broadcast:h2', 'household', 'public', 'orange'],
  ]);
});

it('a county that set nothing tells its own wall, and no wall when that is off', () => {
  expect(groupsOf(ChannelSettings.parse({}), new Set(['h1'])).map(({ address }) => address)).toEqual(['wall:centre']);
  expect(groupsOf(ChannelSettings.parse({ wall: { on: false } }), new Set(['h1']))).toEqual([]);
});
