import { Problem, type ChannelTest } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';

/** Sends a test message by one channel of the settings; resolves with undefined when there is none of that name. The notify stage's work. */
export type TestChannel = (name: string) => Promise<ChannelTest | undefined>;

/**
 * Sends a test message, so that a county knows before the storm that its channel works. It is in the log whether it worked or not.
 * @throws Problem out-of-scope, not-found
 */
export async function testChannel(context: CommandContext, view: ScopedView, name: string): Promise<ChannelTest> {
  view.requireArea(context.settings.current().divisionCode);
  const result = await context.testChannel(name);
  if (!result) throw new Problem('not-found', `no channel ${name.slice(0, 80)} is on`);
  await record(context, view.user.username, 'channel.tested', `channel:${name.includes('@') ? 'email' : name}`, result);
  return result;
}
