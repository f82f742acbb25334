import type { AcceptedMessage, MessageLog, Reply } from '../frame/message-log.js';
import { normaliseNumber } from '../frame/numbers.js';
import { words } from './words.js';

/** One bubble on a phone. */
export interface Bubble {
  kind: 'sms' | 'call' | 'mine';
  at: number;
  html: string;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric' });
/** Bubbles a phone shows; the oldest are left out. */
const SHOWN = 40;

/** Colour a warning's bubble is marked with, by the first level its text names; an end is green. */
export function levelOf(text: string): 'red' | 'orange' | 'yellow' | 'blue' | 'over' | undefined {
  if (/预警(?:解除|取消)|已(?:解除|取消)/.test(text)) return 'over';
  const found = /红色|橙色|黄色|蓝色/.exec(text)?.[0];
  return found ? ({ 红色: 'red', 橙色: 'orange', 黄色: 'yellow', 蓝色: 'blue' } as const)[found as '红色'] : undefined;
}

/** What is on the screen of one phone, oldest first. */
export function bubblesOf(log: MessageLog, number: string): Bubble[] {
  const own = normaliseNumber(number);
  const received = log
    .to(own)
    .slice(-SHOWN)
    .map((message) => (message.call ? callBubble(message) : smsBubble(message)));
  const sent = log.replies
    .filter(({ from }) => normaliseNumber(from) === own)
    .slice(-SHOWN)
    .map(replyBubble);
  return [...received, ...sent].toSorted((a, b) => a.at - b.at).slice(-SHOWN);
}

const time = (at: number): string => `<time title="${day.format(at)}">${clock.format(at)}</time>`;

function smsBubble(message: AcceptedMessage): Bubble {
  const { text, parts, at, provider, receipt, receiptAt } = message;
  const [, sign = '', body = text] = /^【([^】]*)】([\s\S]*)$/.exec(text) ?? [];
  const level = levelOf(body);
  const waiting = receipt === null || receiptAt > Date.now();
  const state = waiting
    ? ['waiting', words.receipt.waiting]
    : receipt === 'DELIVERED'
      ? ['delivered', words.receipt.delivered]
      : ['failed', words.receipt.failed(receipt)];
  const mark = level ? ` level-${level}` : '';
  const drill = body.startsWith('演练') ? ' drill' : '';
  const head = sign === '' ? '' : `<b class="sign">【${escapeHtml(sign)}】</b>`;
  const foot = `<footer>${time(at)}<span title="${words.partsTitle(parts)}">${words.parts(parts)}</span><span>${escapeHtml(provider)}</span><span class="${state[0]}">${escapeHtml(state[1] ?? '')}</span></footer>`;
  return { kind: 'sms', at, html: `<li class="sms${mark}${drill}"><div class="bubble">${head}${escapeHtml(body)}</div>${foot}</li>` };
}

function callBubble(message: AcceptedMessage): Bubble {
  const { id, text, at, call, receipt, provider } = message;
  const level = levelOf(text);
  const mark = level ? ` level-${level}` : '';
  const rings = call?.state === 'ringing';
  const keys = Object.entries(call?.menu ?? {}).map(
    ([key, said]) =>
      `<button data-call="${escapeHtml(id)}" data-key="${escapeHtml(key)}" title="${escapeHtml(said)}">${escapeHtml(words.call.key(key))}</button>`,
  );
  const hangUp = `<button class="hang-up" data-call="${escapeHtml(id)}">${escapeHtml(words.call.hangUp)}</button>`;
  const head = `<b class="sign">${rings ? escapeHtml(words.call.ringing) : '☎'}</b>`;
  const foot = rings ? `<div class="keys">${keys.join('')}${hangUp}</div>` : '';
  const end = rings ? words.call.plays(call.plays) : callEnd(receipt, call?.dtmf, call?.seconds ?? 0);
  return {
    kind: 'call',
    at,
    html: `<li class="call${rings ? ' ringing' : ''}${mark}"><div class="bubble">${head}<q>${escapeHtml(text)}</q>${foot}</div><footer>${time(at)}<span>${escapeHtml(provider)}</span><span>${escapeHtml(end)}</span></footer></li>`,
  };
}

function callEnd(receipt: string | null, key: string | undefined, seconds: number): string {
  if (key !== undefined) return words.call.pressed(key, seconds);
  if (receipt === 'HUNG-UP') return words.call.hungUp(seconds);
  return seconds > 0 ? words.call.heard(seconds) : words.call.missed;
}

const replyBubble = ({ text, at }: Reply): Bubble => ({
  kind: 'mine',
  at,
  html: `<li class="mine"><div class="bubble">${escapeHtml(text)}</div><footer>${time(at)}</footer></li>`,
});
