import type { ChannelSettings, ChannelTest } from '#libs/contracts';
import type { Driver } from '#libs/notify';

/** A message for a test says that it is one, in both languages, and nothing else. */
const TEST_TEXT = '这是一条测试消息，不是预警。This is a test message, not a warning.';
const TEST_VALID_SECONDS = 60;
/** As long as a real message is waited for. */
const PATIENCE_MS = 7_000;

/**
 * Sends a test message by one channel of the settings.
 * @param name `robot:<id>`, `webhook:<id>`, `email` (the first mailbox), `broadcast:platform`, `broadcast:<device id>`, `wall:centre`
 * @param outId a new one each time: a webhook takes the same once
 * @returns undefined when no channel of that name is on
 */
export async function testChannel(
  name: string,
  drivers: readonly Driver[],
  settings: ChannelSettings,
  outId: string,
): Promise<ChannelTest | undefined> {
  const mail = name === 'email';
  const to = mail ? (settings.smtp?.to[0] ?? '') : name;
  const there = drivers.filter(({ farewell }) => !farewell);
  const found = there.find(({ channel }) => (mail ? channel.channel === 'email' : channel.serves?.(name)));
  if (!found) return undefined;
  const message = { outId, to, template: { code: 'test', params: {}, text: TEST_TEXT }, validitySeconds: TEST_VALID_SECONDS };
  const result = await found.channel.send(message, AbortSignal.timeout(PATIENCE_MS));
  return result.ok
    ? { ok: true, delivered: result.delivered === true }
    : { ok: false, delivered: false, class: result.cls, code: result.code };
}
