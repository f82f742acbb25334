import { capFeed, capMessages, capXml, type CapMessage } from '#libs/cap';
import { DAY, operationUrl, Problem, type FileAnswer } from '#libs/contracts';
import { sha256 } from '#libs/platform';
import type { CommandContext } from '../context.js';
import { wholeFile } from '../operation/file-answer.js';

/** How far back the feed reaches. Shorter, and a hub that was off over a holiday misses an all-clear; longer only makes it heavier. */
const FEED_DAYS = 7;
/** Warnings in the feed: a county in its worst week, 1 MB. */
const FEED_WARNINGS = 200;
/** Anybody may ask, so the database is asked once in this time, however many do. */
const FEED_KEPT_MS = 1000;

const kept = new WeakMap<CommandContext, { at: number; messages: Promise<CapMessage[]> }>();

const pageOf = (origin: string, warningId: string): string => `${origin}/warnings/${encodeURIComponent(warningId)}`;

/**
 * A CAP 1.2 message of a published warning, the newest unless a version of the release is named. Open to everyone: it says what the public
 * was told, and nothing else (docs/adr/0038).
 * @param origin scheme and host of the station, for the address of the warning's page
 * @throws Problem not-found for a warning that was never published, or has no message of that version
 */
export async function warningCap(context: CommandContext, id: string, version: number | undefined, origin: string): Promise<FileAnswer> {
  const warning = await context.store.warnings.find(id);
  const messages = warning ? capMessages(warning, await context.store.warnings.timeline(id), context.settings.current()) : [];
  const message = version === undefined ? messages.at(-1) : messages.find((one) => one.version === version);
  if (!message) throw new Problem('not-found', 'No message of this warning was published; only what the public was told is here');
  return documentOf('application/cap+xml', `${message.identifier}.xml`, capXml(message, pageOf(origin, id)));
}

/** The messages of the last days, newest first, as Atom. Open to everyone. */
export async function capFeedOf(context: CommandContext, origin: string): Promise<FileAnswer> {
  const { countyName, divisionCode } = context.settings.current();
  const xml = capFeed(await recent(context), {
    countyName,
    divisionCode,
    self: origin + operationUrl('getCapFeed'),
    linkOf: ({ warningId, version }) => origin + operationUrl('getWarningCap', { id: warningId }, { version }),
    bornAt: 0,
  });
  return documentOf('application/atom+xml', 'feed.atom', xml);
}

function recent(context: CommandContext): Promise<CapMessage[]> {
  const now = context.clock.now();
  const before = kept.get(context);
  if (before && now - before.at < FEED_KEPT_MS) return before.messages;
  const messages = context.store.warnings
    .published(now - FEED_DAYS * DAY, FEED_WARNINGS)
    .then((found) => found.flatMap((one) => capMessages(one.warning, one.messages, context.settings.current())));
  kept.set(context, { at: now, messages });
  // What failed is asked again by the next one.
  messages.catch(() => kept.delete(context));
  return messages;
}

const documentOf = (type: string, name: string, xml: string): FileAnswer =>
  wholeFile(type, name, Buffer.from(xml), { tag: sha256(xml).slice(0, 32) });
