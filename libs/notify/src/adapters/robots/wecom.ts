import type { ErrorClass } from '../../ports.js';
import { fitBytes, type RobotDialect } from './dialect.js';

/** Bytes of a text message; markdown takes 4,096, but does not show on a watch or in an old client. */
const MOST_BYTES = 2_048;

const classOf: Readonly<Record<number, ErrorClass>> = {
  [-1]: 'TRANSIENT',
  45_033: 'TRANSIENT',
  45_009: 'RECIPIENT_LIMIT',
  93_000: 'ACCOUNT',
  93_008: 'ACCOUNT',
  40_008: 'CONTENT',
  40_058: 'CONTENT',
  44_004: 'CONTENT',
  45_002: 'CONTENT',
};

/** WeCom: the key in the address is all the protection there is (notify.md §3.4). @param url whole address, with `key` */
export const wecom = ({ url }: { url: string }): RobotDialect => ({
  request: (title, text) => ({
    url,
    body: JSON.stringify({ msgtype: 'text', text: { content: fitBytes(`${title}\n${text}`, MOST_BYTES) } }),
  }),
  classify: (errcode) => classOf[errcode] ?? 'BUG',
});
