import { create } from 'xmlbuilder2';
import { capTime } from './cap-time.js';
import type { CapMessage } from './message.js';
import { feedTitle } from './words.js';

export const atomNamespace = 'http://www.w3.org/2005/Atom';

export interface FeedAbout {
  countyName: string;
  divisionCode: string;
  /** Address of the feed itself. */
  self: string;
  /** Address of a message. */
  linkOf(message: CapMessage): string;
  /** When nothing has been published yet, epoch ms: the feed's own birthday, so that it does not look new at each question. */
  bornAt: number;
}

/** An Atom feed (RFC 4287) with one entry a CAP message, newest first, as hubs read them (algorithms.md §4.4). */
export function capFeed(messages: readonly CapMessage[], about: FeedAbout): string {
  const newest = messages.toSorted((a, b) => b.sent - a.sent || (a.identifier < b.identifier ? 1 : -1));
  const feed = create({ version: '1.0', encoding: 'UTF-8' }).ele(atomNamespace, 'feed');
  feed.ele('id').txt(`urn:wangshan:${about.divisionCode}:cap`);
  feed.ele('title').txt(feedTitle(about.countyName));
  feed.ele('updated').txt(capTime(newest[0]?.sent ?? about.bornAt));
  feed.ele('author').ele('name').txt(about.countyName);
  feed.ele('link', { rel: 'self', type: 'application/atom+xml', href: about.self });
  for (const message of newest) {
    const entry = feed.ele('entry');
    const [chinese, english] = message.infos;
    entry.ele('id').txt(`urn:wangshan:${about.divisionCode}:cap:${message.identifier}`);
    entry.ele('title').txt(`${chinese?.headline ?? ''} / ${english?.headline ?? ''}`);
    entry.ele('updated').txt(capTime(message.sent));
    entry.ele('published').txt(capTime(message.sent));
    entry.ele('summary').txt(`${chinese?.instruction ?? ''} / ${english?.instruction ?? ''}`);
    entry.ele('category', { term: message.level });
    entry.ele('link', { rel: 'alternate', type: 'application/cap+xml', href: about.linkOf(message) });
  }
  return feed.end({ prettyPrint: true });
}
