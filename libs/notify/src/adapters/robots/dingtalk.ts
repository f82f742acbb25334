import { createHmac } from 'node:crypto';
import type { ErrorClass } from '../../ports.js';
import { fitBytes, plainInMarkdown, type RobotDialect } from './dialect.js';

export interface DingtalkAccount {
  /** Whole address as the console shows it, with `access_token`. */
  url: string;
  /** Secret of the signature (加签); empty: the robot is protected by its address alone. */
  secret: string;
}

/** The vendor's limit is 20,000 bytes of body; the rest is what JSON adds. */
const MOST_BYTES = 16_000;
const TITLE_BYTES = 90;

const classOf: Readonly<Record<number, ErrorClass>> = {
  [-1]: 'TRANSIENT',
  40_035: 'CONTENT',
  130_101: 'RECIPIENT_LIMIT',
  410_100: 'RECIPIENT_LIMIT',
  300_001: 'ACCOUNT',
  300_005: 'ACCOUNT',
  310_000: 'ACCOUNT',
  400_101: 'ACCOUNT',
  400_102: 'ACCOUNT',
  430_101: 'CONTENT',
  430_102: 'CONTENT',
  430_103: 'CONTENT',
  430_104: 'CONTENT',
  460_101: 'CONTENT',
};

/** DingTalk: signed address, markdown (notify.md §3.4). */
export const dingtalk = ({ url, secret }: DingtalkAccount): RobotDialect => ({
  request(title, text, now) {
    const target = new URL(url);
    if (secret !== '') {
      target.searchParams.set('timestamp', String(now));
      target.searchParams.set('sign', createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64'));
    }
    const shown = fitBytes(`### ${plainInMarkdown(title)}\n\n${plainInMarkdown(text)}`, MOST_BYTES);
    return {
      url: target.href,
      body: JSON.stringify({ msgtype: 'markdown', markdown: { title: fitBytes(title, TITLE_BYTES), text: shown } }),
    };
  },
  classify: (errcode) => classOf[errcode] ?? 'BUG',
});
