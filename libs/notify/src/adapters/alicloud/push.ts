import type { InboundAnswer, InboundRequest } from '../../ports.js';

/** What the vendor wants to read; anything else makes it push again after 1, 5 and 10 minutes and then drop what it told (notify.md §1.8). */
export const received: InboundAnswer = {
  status: 200,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify({ code: 0, msg: '接收成功' }),
};

/** `2026-07-01 15:20:00` of the vendor is UTC+8 without saying so. @returns undefined for another form */
export function vendorTime(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const at = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isFinite(at) ? at : undefined;
}

/** The entries of a push, a JSON array. @returns undefined for anything else */
export function entriesOf({ method, body }: InboundRequest): readonly unknown[] | undefined {
  if (method !== 'POST') return undefined;
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
