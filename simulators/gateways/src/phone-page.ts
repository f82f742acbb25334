import type { MessageLog } from './message-log.js';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });

const style = `:root{color-scheme:dark}body{margin:0;background:#10151c;color:#d8e0ea;font:16px/1.5 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
header{padding:20px 28px;border-bottom:1px solid #263241}h1{font-size:20px;margin:0}header p{margin:4px 0 0;color:#8fa0b3}
main{display:flex;flex-wrap:wrap;gap:24px;padding:28px}
.phone{width:300px;max-height:560px;display:flex;flex-direction:column;border:8px solid #2b3746;border-radius:32px;background:#f2f4f7;color:#1a222c;overflow:hidden}
.phone h2{margin:0;padding:14px 16px 10px;font-size:16px;font-variant-numeric:tabular-nums;background:#e2e7ed}.phone ol{list-style:none;margin:0;padding:12px;overflow:auto}
.phone li{margin:0 0 12px}.bubble{background:#fff;border-radius:4px 14px 14px 14px;padding:10px 12px;overflow-wrap:anywhere}.mine .bubble{background:#bfe3c6;border-radius:14px 4px 14px 14px}
.mine{text-align:right}time{display:block;font-size:12px;color:#5b6b7c;margin:4px 6px 0}.none{padding:28px;color:#8fa0b3}`;

/** A page that shows each phone as a phone, newest first; no script and nothing from elsewhere, it reloads itself. */
export function phonePage(log: MessageLog): string {
  const numbers = [...new Set([...log.messages.map(({ to }) => to), ...log.replies.map(({ from }) => from)])];
  const newest = new Map(numbers.map((number) => [number, linesOf(log, number)] as const));
  const phones = [...newest].toSorted(([, a], [, b]) => (b[0]?.at ?? 0) - (a[0]?.at ?? 0)).map(([number, lines]) => phone(number, lines));
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>短信网关模拟器 · Gateway simulator</title>
<meta http-equiv="refresh" content="3"><meta name="viewport" content="width=device-width"><style>${style}</style></head><body>
<header><h1>短信网关模拟器 · Gateway simulator</h1><p>这里的短信不会发到真实手机。共 ${log.messages.length} 条，${numbers.length} 部手机 · Nothing here reaches a real phone: ${log.messages.length} messages, ${numbers.length} phones</p></header>
${phones.length === 0 ? '<p class="none">还没有短信 · No message yet</p>' : `<main>${phones.join('')}</main>`}</body></html>`;
}

interface PhoneLine {
  at: number;
  text: string;
  mine: boolean;
}

const linesOf = (log: MessageLog, number: string): PhoneLine[] =>
  [
    ...log.to(number).map(({ at, text }) => ({ at, text, mine: false })),
    ...log.replies.filter(({ from }) => from === number).map(({ at, text }) => ({ at, text, mine: true })),
  ].toSorted((a, b) => b.at - a.at);

function phone(number: string, lines: readonly PhoneLine[]): string {
  const items = lines.map(
    ({ at, text, mine }) =>
      `<li${mine ? ' class="mine"' : ''}><div class="bubble">${escapeHtml(text)}</div><time>${escapeHtml(clock.format(at))}</time></li>`,
  );
  return `<section class="phone" aria-label="${escapeHtml(number)}"><h2>${escapeHtml(number.replace(/^\+86/, ''))}</h2><ol>${items.join('')}</ol></section>`;
}
