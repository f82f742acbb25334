import type { MessageLog } from '../frame/message-log.js';
import { normaliseNumber } from '../frame/numbers.js';
import { bubblesOf, escapeHtml } from './view.js';
import { words } from './words.js';

/** Phones drawn at once: a county of 5,000 is searched, not scrolled. */
const PHONES = 60;

export interface Phones {
  /** Newest activity first. */
  numbers: string[];
  hidden: number;
}

/** The phones to draw: those whose number contains the digits looked for, or else the ones something happened on last. */
export function phonesOf(log: MessageLog, search: string): Phones {
  const digits = search.replace(/\D/g, '');
  const newest = new Map<string, number>();
  const seen = (number: string, at: number) => newest.set(number, Math.max(newest.get(number) ?? 0, at));
  for (const { to, at } of log.messages) seen(normaliseNumber(to), at);
  for (const { from, at } of log.replies) seen(normaliseNumber(from), at);
  const found = [...newest].filter(([number]) => number.includes(digits)).toSorted(([, a], [, b]) => b - a);
  return { numbers: found.slice(0, PHONES).map(([number]) => number), hidden: Math.max(0, found.length - PHONES) };
}

export const shownNumber = (number: string): string => number.replace(/^\+86(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3');

/** What changes on a phone: its screen. The box below, in which somebody may be typing, stays. */
export const screenOf = (log: MessageLog, number: string): string =>
  bubblesOf(log, number)
    .map(({ html }) => html)
    .join('');

export function phoneOf(log: MessageLog, number: string): string {
  const shown = escapeHtml(shownNumber(number));
  return `<section class="phone" data-number="${escapeHtml(number)}" aria-label="${shown}"><h2>${shown}</h2><ol class="screen">${screenOf(log, number)}</ol>
<form class="reply"><input name="text" maxlength="500" autocomplete="off" placeholder="${words.reply}" aria-label="${words.reply} ${shown}"><button title="${words.sendTitle}">${words.send}</button></form></section>`;
}

export const countsOf = (log: MessageLog): string => {
  const calls = log.messages.filter(({ channel }) => channel === 'voice').length;
  const numbers = new Set(log.messages.map(({ to }) => to)).size;
  const one = (count: number, what: string) => `<span><b>${count}</b> ${what}</span>`;
  return [
    one(numbers, words.phones),
    one(log.messages.length - calls, words.messages),
    one(calls, words.calls),
    one(log.replies.length, words.replies),
  ].join('');
};

/** The page: every phone as a phone. Style and script come from the simulator itself, nothing from elsewhere. */
export function phonePage(log: MessageLog, search: string): string {
  const { numbers, hidden } = phonesOf(log, search);
  const phones = numbers.map((number) => phoneOf(log, number)).join('\n');
  const empty = numbers.length === 0 ? `<p class="none">${words.none}</p>` : '';
  const more = hidden > 0 ? `<p class="none">${words.more(hidden)}</p>` : '';
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${words.title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><link rel="stylesheet" href="/__page.css"><script src="/__page.js" defer></script></head>
<body data-live="${words.live}" data-away="${words.away}" data-search="${escapeHtml(search)}"><header><div><h1>${words.title}</h1><p>${words.nothingReal}</p></div>
<p class="counts" id="counts">${countsOf(log)}</p>
<form id="search" action="/" role="search"><input name="q" type="search" inputmode="numeric" value="${escapeHtml(search)}" placeholder="${words.search}" aria-label="${words.search}"><span id="live" role="status"></span></form></header>
<main id="phones">${phones}</main>${empty}${more}</body></html>`;
}
