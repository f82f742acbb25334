import { expect, it } from 'vitest';
import { ChannelSettings, ChannelSettingsPatch, ChannelSettingsView, SECRET_KEPT, SettingsPatch } from '#libs/contracts';
import { loggedChannels, mergedChannels, shownChannels } from './channel-settings.js';
import { fakeContext, fakeUser, viewOf } from '../fakes/fake-context.js';
import { changeSettings, readSettings } from './settings.js';

const secret = 'a-secret-of-the-office';
const given = ChannelSettings.parse({
  robots: [{ id: 'duty', vendor: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send?access_token=token-1', secret: 'SEC1' }],
  smtp: {
    host: 'mail.county.example',
    port: 465,
    security: 'tls',
    user: 'warn',
    password: 'pass-1',
    sender: 'warn@county.example',
    to: ['duty@county.example'],
  },
  webhooks: [{ id: 'office', url: 'https://12379.example/in', secret }],
  broadcast: { platform: { url: 'http://10.1.1.1/ebm', secret, areaCodes: ['513221'] } },
});
const patch = (given: unknown) => ChannelSettingsPatch.parse(given);
const every = /token-1|SEC1|pass-1|a-secret/;

it('shows no secret, and is a view the answer’s schema lets through', () => {
  const shown = shownChannels(given, true);
  expect(JSON.stringify(shown)).not.toMatch(every);
  expect(shown.robots[0]?.url).toBe(`https://oapi.dingtalk.com/robot/send?${SECRET_KEPT}`);
  expect(ChannelSettingsView.parse(shown)).toEqual(shown);
  expect(shownChannels(given, false).smtp?.to).toEqual(['d***@county.example']);
});

it('given back as it was shown, it is what it was', () => {
  expect(mergedChannels(given, patch(shownChannels(given, true)))).toEqual(given);
});

it('changes what is named and keeps the secrets of the rest', () => {
  const robots = [{ ...shownChannels(given, true).robots[0], fromLevel: 'red' }];
  const merged = mergedChannels(given, patch({ robots }));
  expect(merged.robots).toEqual([{ ...given.robots[0], fromLevel: 'red' }]);
  expect(merged.webhooks).toEqual(given.webhooks);
  expect(mergedChannels(given, patch({ smtp: null })).smtp).toBeNull();
  expect(mergedChannels(given, patch({ robots: [] })).robots).toEqual([]);
  expect(mergedChannels(given, patch({ webhooks: [{ ...given.webhooks[0], secret: 'another-secret-16' }] })).webhooks[0]?.secret).toBe(
    'another-secret-16',
  );
});

it.each([
  ['a new webhook without a secret', { webhooks: [{ id: 'new', url: 'https://a.example/' }] }],
  ['a new robot with a masked address', { robots: [{ id: 'new', vendor: 'wecom', url: `https://qyapi.weixin.qq.com/x?${SECRET_KEPT}` }] }],
  ['the mail password at another server', { smtp: { ...given.smtp, password: SECRET_KEPT, host: 'evil.example' } }],
])('refuses %s', (_, change) => {
  expect(() => mergedChannels(given, patch(change))).toThrow(/channels: /);
});

it.each([
  { webhooks: [{ id: 'a', url: 'ftp://x/', secret }] },
  { webhooks: [{ id: 'a', url: 'https://x/', secret: 'short' }] },
  { robots: [{ id: 'A B', vendor: 'wecom', url: 'https://x/' }] },
  {
    robots: [
      { id: 'a', vendor: 'wecom', url: 'https://x/' },
      { id: 'a', vendor: 'wecom', url: 'https://y/' },
    ],
  },
  { fax: {} },
])('is no setting: %j', (change) => {
  expect(ChannelSettings.safeParse(change).success).toBe(false);
});

it('is kept by a change of settings, shown without secrets to whoever asks, and out of the log', async () => {
  const context = fakeContext();
  const admin = viewOf(context, fakeUser('boss', ['admin']));
  const changed = await changeSettings(context, admin, SettingsPatch.parse({ channels: given }));
  expect(context.settings.current().channels).toEqual(given);
  expect(JSON.stringify([changed, await readSettings(context, admin), context.store.auditRows])).not.toMatch(every);
  await changeSettings(context, admin, SettingsPatch.parse({ channels: changed.settings.channels }));
  expect(context.settings.current().channels).toEqual(given);
  expect(loggedChannels(patch({ smtp: null, robots: [] }))).toEqual({ robots: [], smtp: 'removed' });
});
