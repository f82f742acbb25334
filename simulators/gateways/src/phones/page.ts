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

const isPhone = (number: string): boolean => /^\+\d+$/.test(number);

/** Whether a phone, or another receiver, is one that is looked for: by digits in any grouping, or by part of its name. */
export function matches(number: string, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return number.toLowerCase().includes(/^[\d\s+-]*$/.test(wanted) ? wanted.replace(/\D/g, '') : wanted);
}

/** The phones to draw: those that are looked for, the ones something happened on last. */
export function phonesOf(log: MessageLog, search: string): Phones {
  const newest = new Map<string, number>();
  const seen = (number: string, at: number) => newest.set(number, Math.max(newest.get(number) ?? 0, at));
  for (const { to, at } of log.messages) seen(normaliseNumber(to), at);
  for (const { from, at } of log.replies) seen(normaliseNumber(from), at);
  const found = [...newest].filter(([number]) => matches(number, search)).toSorted(([, a], [, b]) => b - a);
  return { numbers: found.slice(0, PHONES).map(([number]) => number), hidden: Math.max(0, found.length - PHONES) };
}

/** A number in groups; a receiver that is none by its kind and name. */
export function shownNumber(number: string): string {
  const { robot, area, mail, hook } = words.receiver;
  if (number.startsWith('robot:')) return `${robot} ${number.slice(6)}`;
  if (number.startsWith('area:')) return `${area} ${number.slice(5)}`;
  if (number.startsWith('/')) return `${hook} ${number}`;
  if (number.includes('@')) return `${mail} ${number}`;
  return number.replace(/^\+86(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3');
}

/** What changes on a phone: its screen. The box below, in which somebody may be typing, stays. */
export const screenOf = (log: MessageLog, number: string): string =>
  bubblesOf(log, number)
    .map(({ html }) => html)
    .join('');

export function phoneOf(log: MessageLog, number: string): string {
  const shown = escapeHtml(shownNumber(number));
  // Nobody writes back to a mail or a loudspeaker here.
  const form = `<form class="reply"><input name="text" maxlength="500" autocomplete="off" placeholder="${words.reply}" aria-label="${words.reply} ${shown}"><button title="${words.sendTitle}">${words.send}</button></form>`;
  const kind = isPhone(number) ? 'phone' : 'phone other';
  return `<section class="${kind}" data-number="${escapeHtml(number)}" aria-label="${shown}"><h2>${shown}</h2><ol class="screen">${screenOf(log, number)}</ol>${isPhone(number) ? form : ''}</section>`;
}

export function countsOf(log: MessageLog): string {
  const count = (kind: string) => log.messages.filter(({ channel }) => channel === kind).length;
  const [sms, calls] = [count('sms'), count('voice')];
  const others = log.messages.length - sms - calls;
  const numbers = new Set(log.messages.map(({ to }) => to).filter(isPhone)).size;
  const one = (n: number, what: string) => `<span><b>${n}</b> ${what}</span>`;
  const shown = [one(numbers, words.phones), one(sms, words.messages), one(calls, words.calls), one(log.replies.length, words.replies)];
  return [...shown, ...(others > 0 ? [one(others, words.others)] : [])].join('');
}

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
<form id="search" action="/" role="search"><input name="q" type="search" value="${escapeHtml(search)}" placeholder="${words.search}" aria-label="${words.search}"><span id="live" role="status"></span></form></header>
<main id="phones">${phones}</main>${empty}${more}</body></html>`;
}
